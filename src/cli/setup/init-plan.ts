/** From the answers to `postern init` to the text of a configuration. Pure but for what is drawn at random. */

import type { FirewallKind } from '../../config/config.ts';
import { formatKey, newKey } from '../../spa/key-bytes.ts';
import { formatTotpSecret, newTotpSecret } from '../../spa/totp-secret.ts';
import { DEFAULT_STEPS, type DrawnStep, randomSequence, sequenceText } from './random-sequence.ts';

export const METHODS = ['sequence', 'totp', 'spa'] as const;

export interface InitPlan {
  readonly door: string;
  /** `tcp/22,udp/53`. */
  readonly open: string;
  readonly openFor: string;
  readonly method: (typeof METHODS)[number];
  readonly firewall: FirewallKind;
  readonly interfaceName: string;
}

/** @param isTaken a step on which something listens */
export function initText(plan: InitPlan, isTaken: (step: DrawnStep) => boolean): string {
  const { door, open, openFor, firewall, interfaceName } = plan;
  return section('options', [
    ['Interface', interfaceName],
    ['Firewall', firewall],
  ]).concat('\n', section(door, [...wayLines(plan, isTaken), ['Open', open], ['Open_For', openFor]]));
}

/** What has to be done by hand, in this order; each with its reason. */
export function nextSteps({ firewall }: InitPlan, output: string): readonly string[] {
  const established = '-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT';
  const marked = '-m mark --mark 0x1/0x1 -j ACCEPT';
  const ownRules = [established, marked].flatMap((rule) => [
    `iptables -I INPUT ${rule}`,
    `ip6tables -I INPUT ${rule}`,
  ]);
  const start = `knockd -c ${output}`;
  switch (firewall) {
    case 'nftables':
      return [`postern firewall apply --confirm 60s -c ${output}`, start];
    case 'nftables-mark':
      return [...ownRules, start];
    case 'iptables':
    case 'firewalld':
    case 'ufw':
      return [start];
  }
}

type Line = readonly [key: string, value: string];

function wayLines({ method }: InitPlan, isTaken: (step: DrawnStep) => boolean): readonly Line[] {
  switch (method) {
    case 'sequence':
      return [
        ['Sequence', sequenceText(randomSequence(DEFAULT_STEPS, isTaken))],
        ['Seq_Timeout', '10'],
        ['TCPFlags', 'syn'],
      ];
    case 'totp':
      return [
        ['Totp_Secret', formatTotpSecret(newTotpSecret())],
        ['TCPFlags', 'syn'],
      ];
    case 'spa':
      return [
        ['Spa_Key', formatKey(newKey('cipher'))],
        ['Spa_Hmac_Key', formatKey(newKey('hmac'))],
      ];
  }
}

function section(name: string, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([key]) => key.length));
  return [`[${name}]`, ...lines.map(([key, value]) => `    ${key.padEnd(width)} = ${value}`), ''].join('\n');
}
