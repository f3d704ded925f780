/** What is wrong with doors as a whole, and with what they have in common. */

import { FOREVER_MS } from '../base/duration.ts';
import type { Config, Door } from '../config/config.ts';
import type { DoorKey } from '../config/keys.ts';
import { type Advice, doorRule, type Rule } from './rule.ts';

export const DOOR_RULES: readonly Rule[] = [
  doorRule(
    'never-closed',
    "A door with 'Open_For = forever' that no other door closes stays open to everybody who ever knocked, from whatever address they had then; others have that address now.",
    ({ name, opening }, { config }) => {
      if (opening?.forMs !== FOREVER_MS) return undefined;
      if (config.doors.some(({ closes }) => closes.includes(name))) return undefined;
      return {
        key: 'Open_For',
        message: 'what this door opens stays open for good',
        hint: `write a time, such as 'Open_For = 30s', or give another door 'Close = ${name}'`,
      };
    },
  ),
  {
    code: 'shared-secret',
    why: 'Doors that share a secret are one door: whoever may use one of them can make what opens the other. Spa_User does not tell them apart, since a packet says by itself whose it is.',
    check: ({ config }) => sharedSecrets(config),
  },
];

interface Secret {
  readonly key: DoorKey;
  /** All that a client needs of secrets. Never shown. */
  readonly text: string;
}

/** Each door whose secret is that of one before it. */
function sharedSecrets({ doors }: Config): readonly Advice[] {
  const owners = new Map<string, string>();
  return doors.flatMap(({ name, sequence }) => {
    const secret = secretOf(sequence);
    if (secret === undefined) return [];
    const owner = owners.get(secret.text);
    if (owner === undefined) owners.set(secret.text, name);
    return owner === undefined ? [] : [sharedAdvice(name, secret.key, owner)];
  });
}

function sharedAdvice(door: string, key: DoorKey, owner: string): Advice {
  return {
    at: { door, key },
    message: `the secret is that of '${owner}': whoever can use one of the two doors can use both`,
    hint: "draw one for each door with 'postern key new'",
  };
}

/** A packet needs both keys: where one of them differs, the doors are two. */
function secretOf(sequence: Door['sequence']): Secret | undefined {
  switch (sequence.kind) {
    case 'fixed':
    case 'one-time':
      return undefined;
    case 'totp':
      return { key: 'Totp_Secret', text: `totp ${hex(sequence.secret)}` };
    case 'spa':
      return { key: 'Spa_Key', text: `spa ${hex(sequence.key)} ${hex(sequence.hmac?.key)}` };
  }
}

function hex(secret: { reveal(): Uint8Array } | undefined): string {
  return Buffer.from(secret?.reveal() ?? []).toString('hex');
}
