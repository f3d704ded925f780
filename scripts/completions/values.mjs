/**
 * What a shell offers for a value or an operand, by the word that stands for it in `--help`. A word that is not here stops
 * the build: say below what completes it, `NOTHING` if nothing does.
 */

/**
 * @typedef {{ kind: 'words', words: readonly string[] }} Words
 * @typedef {Words | { kind: 'nothing' | 'file' | 'directory' | 'doors' | 'interfaces' | 'hosts' | 'profiles' }} Offer
 */

/** @type {Offer} */
const NOTHING = { kind: 'nothing' };

/** @type {Readonly<Record<string, Offer>>} */
const BY_PLACEHOLDER = {
  ACCESS_CONF: { kind: 'file' },
  ADDRESS: NOTHING,
  CAPTURE: { kind: 'file' },
  DIR: { kind: 'directory' },
  DOOR: { kind: 'doors' },
  FILE: { kind: 'file' },
  HOST: { kind: 'hosts' },
  HOW: NOTHING,
  IF: { kind: 'interfaces' },
  IP: NOTHING,
  KEY: NOTHING,
  LOGFILE: { kind: 'file' },
  MS: NOTHING,
  N: NOTHING,
  NAME: NOTHING,
  OPTIONS: NOTHING,
  PATH: { kind: 'file' },
  PORT: NOTHING,
  PORTS: NOTHING,
  PREFIX: NOTHING,
  PROFILE: { kind: 'profiles' },
  PROTO: NOTHING,
  SECRET: NOTHING,
  TIME: NOTHING,
  WHEN: { kind: 'words', words: ['today', 'yesterday', '1h', '1d', '7d'] },
};

/**
 * Where the same word stands for something else, and values of which there is a closed set.
 * @param {import('./sets.mjs').ClosedSets} sets
 * @returns {Readonly<Record<string, Offer>>} by program, command if it has some, and option or operand
 */
function special(sets) {
  return {
    'knock --hmac-type': words(sets.digests),
    'knockd --log-format': words(['text', 'json']),
    'postern check --explain': words([...sets.warnings, 'all']),
    'postern init --firewall': words(sets.firewalls),
    'postern init --method': words(sets.methods),
    'postern key DOOR': NOTHING, // a new one
  };
}

/**
 * @param {string} owner such as `postern open`
 * @param {string} name `--for`, or for an operand its placeholder
 * @param {string} placeholder
 * @param {import('./sets.mjs').ClosedSets} sets
 * @returns {Offer}
 */
export function offerFor(owner, name, placeholder, sets) {
  const offer = special(sets)[`${owner} ${name}`] ?? BY_PLACEHOLDER[placeholder];
  if (offer !== undefined) return offer;
  throw new Error(
    `nothing is known to complete '${placeholder}' of '${owner}': say it in scripts/completions/values.mjs`,
  );
}

/** @param {readonly string[]} list @returns {Offer} */
export function words(list) {
  return { kind: 'words', words: list };
}
