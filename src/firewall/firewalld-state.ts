/** What firewalld has now: its zones, those that doors open in, and Postern's rules in each. */

import type { OpError } from '../base/op-error.ts';
import { ok, type Result } from '../base/result.ts';
import { firewallCmd } from './firewalld-command.ts';
import { parseZones, type Zone } from './firewalld-zones.ts';
import { type FoundRichRule, parseRichRule } from './rich-rule.ts';
import type { RunProgram } from './run-program.ts';

export interface FirewalldState {
  readonly zones: readonly Zone[];
  /** The default zone, and every zone with an interface. Zones of sources alone are the administrator's exceptions. */
  readonly doorZones: readonly Zone[];
  readonly ownIn: (zone: Zone) => readonly FoundRichRule[];
}

export async function readFirewalld(run: RunProgram): Promise<Result<FirewalldState, OpError>> {
  const listed = await firewallCmd(run, ['--list-all-zones']);
  if (!listed.ok) return listed;
  const first = await firewallCmd(run, ['--get-default-zone']);
  if (!first.ok) return first;
  const zones = parseZones(listed.value.stdout);
  const defaultZone = first.value.stdout.trim();
  const own = new Map(
    zones.map((zone) => [zone, zone.richRules.map(parseRichRule).filter((r) => r !== undefined)]),
  );
  return ok({
    zones,
    doorZones: zones.filter(({ name, interfaces }) => name === defaultZone || interfaces.length > 0),
    ownIn: (zone) => own.get(zone) ?? [],
  });
}
