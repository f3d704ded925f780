import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed, SEQUENCE } from '../../test/support/config-text.ts';
import type { GrantView } from '../grant/grants.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { factsAbout } from './facts-about.ts';

const { doors } = parsed(
  [
    `[four]\n${SEQUENCE}\nCommand = a\nCommand_6 =`,
    `[six]\n${SEQUENCE}\nCommand_6 = a`,
    `[both]\n${SEQUENCE}\nCommand = a`,
    `[ports]\n${SEQUENCE}\nOpen = tcp/22`,
    `[none]\n${SEQUENCE}`,
  ].join('\n'),
);

const HINDRANCES = (['ipv4', 'ipv6', undefined] as const).map((family) => ({
  ...{ door: 'ports', family, text: `drops ${family ?? 'both'}` },
}));

function grant(source: string, odd: Partial<GrantView> = {}): GrantView {
  return { door: 'ports', source, phase: 'open', means: 'ports', endsMs: 5, ...odd };
}

function about(source: string, ...grants: readonly GrantView[]) {
  const rest = { ban: undefined, ignoresIpv6: false, hindrances: HINDRANCES, showsSecrets: false };
  return factsAbout(parsePrefix(source) as Prefix, { ...rest, grants, doors });
}

test('doors that act for the other family alone are named', () => {
  assert.deepEqual(about('192.0.2.7').otherFamilyDoors, ['six']);
  assert.deepEqual(about('2001:db8::7').otherFamilyDoors, ['four']);
});

test('grants of the address, of a prefix that holds it, and of what a prefix holds are its own', () => {
  const all = ['192.0.2.7', '192.0.2.8', '2001:db8::7', '2001:db8::/64'].map((source) => grant(source));
  const sources = (of: string) => about(of, ...all).grants.map((each) => (each as GrantView).source);
  assert.deepEqual(sources('192.0.2.7'), ['192.0.2.7']);
  assert.deepEqual(sources('192.0.2.0/24'), ['192.0.2.7', '192.0.2.8']);
  assert.deepEqual(sources('2001:db8::7'), ['2001:db8::7', '2001:db8::/64']);
  assert.deepEqual(sources('2001:db8::8'), ['2001:db8::/64']);
  assert.deepEqual(sources('::/0'), ['2001:db8::7', '2001:db8::/64']);
});

test('a grant that is being opened or closed is not in force', () => {
  const grants = [grant('192.0.2.7', { phase: 'opening' }), grant('192.0.2.7', { phase: 'closing' })];
  assert.deepEqual(about('192.0.2.7', ...grants).grants, []);
});

test('what drops the other family is no hindrance', () => {
  const texts = (source: string) => about(source).hindrances.map(({ text }) => text);
  assert.deepEqual(texts('192.0.2.7'), ['drops ipv4', 'drops both']);
  assert.deepEqual(texts('2001:db8::7'), ['drops ipv6', 'drops both']);
});
