/** What holds for a source at this moment, for an explanation. */

import type { Door } from '../config/config.ts';
import type { SourceFacts } from '../explain/source-facts.ts';
import type { Hindrance } from '../firewall/firewall.ts';
import type { GrantView } from '../grant/grants.ts';
import { formatPrefix, isIpv4Address, type Prefix, parsePrefix, prefixesMeet } from '../net/prefix.ts';

export interface Given extends Pick<SourceFacts, 'ban' | 'ignoresIpv6' | 'showsSecrets'> {
  readonly grants: readonly GrantView[];
  readonly doors: readonly Door[];
  /** Of every door and both families. */
  readonly hindrances: readonly Hindrance[];
}

export function factsAbout(source: Prefix, given: Given): SourceFacts {
  const { ban, ignoresIpv6, showsSecrets } = given;
  const isOf = sourceTest(source);
  const grants = given.grants.filter((grant) => grant.phase === 'open' && isOf(grant.source));
  const isFour = isIpv4Address(source.address);
  const idle = given.doors.filter((door) => actsForOnly(door, isFour ? 'ipv6' : 'ipv4'));
  const otherFamilyDoors = idle.map(({ name }) => name);
  const hindrances = given.hindrances.filter(({ family }) => family !== (isFour ? 'ipv6' : 'ipv4'));
  return { grants, ban, ignoresIpv6, otherFamilyDoors, hindrances, showsSecrets };
}

/** Texts are parsed only where they must be: there may be as many as grants. */
function sourceTest(source: Prefix): (text: string) => boolean {
  const own = formatPrefix(source);
  const isHost = !own.includes('/');
  return (text) => {
    if (text === own) return true;
    const prefix = isHost && !text.includes('/') ? undefined : parsePrefix(text);
    return prefix !== undefined && prefixesMeet(prefix, source);
  };
}

function actsForOnly(door: Door, family: 'ipv4' | 'ipv6'): boolean {
  if (door.opening !== undefined) return false;
  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  return door[family].start !== undefined && door[other].start === undefined;
}
