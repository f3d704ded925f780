/** What goes wrong with commands that open and close. */

import type { Door, DoorCommands } from '../config/config.ts';
import { iptablesCall } from './iptables-call.ts';
import { doorRule, type Rule } from './rule.ts';
import { isTakenBackBy, takesBack } from './taken-back.ts';

/** Chains that end with the policy, or with a rule that drops. What stands at the end of a chain of one's own is up to that chain. */
const APPENDS_ACCEPT =
  /\bip6?tables\b(?=.*\s(?:-A|--append)\s+(?:INPUT|FORWARD)\b)(?=.*\s(?:-j|--jump)\s+ACCEPT\b)/;
const IPV4_ONLY = /\biptables\b|\bfamily=\\?["']?ipv4\b/;
const IPV6_TOO = /\bip6tables\b|\bfamily=\\?["']?ipv6\b/;
export const COMMAND_RULES: readonly Rule[] = [
  doorRule(
    'append-accept',
    'The option -A puts the rule at the end of the chain, behind the one that drops everything: it is never reached, and the door does not open.',
    (door) => {
      if (!startsOf(door).some((command) => APPENDS_ACCEPT.test(command))) return undefined;
      return {
        key: 'Start_Command',
        message: "'iptables -A' puts the rule behind the one that drops",
        hint: "use 'iptables -I', and '-D' to take it back",
      };
    },
  ),
  doorRule(
    'port-without-protocol',
    'The option --dport belongs to tcp and udp, and iptables knows it only behind -p. Without it the command fails as one with an unknown option, and the door does not open.',
    (door) => {
      const isLoose = startsOf(door)
        .map(iptablesCall)
        .some((call) => call?.hasPort === true && !call.hasProtocol);
      if (!isLoose) return undefined;
      return {
        key: 'Start_Command',
        message: "iptables refuses '--dport' without '-p'",
        hint: "write '-p tcp' before '--dport'",
      };
    },
  ),
  doorRule(
    'start-without-stop',
    'Nothing takes back what the start command did: a door that was opened stays open for good, unless the knocker remembers to knock at another one that closes it.',
    ({ ipv4, ipv6 }, { config }) => {
      const loose = [ipv4, ipv6].find(
        ({ start, stop }) => start !== undefined && stop === undefined && !takesBack(start),
      );
      if (loose?.start === undefined) return undefined;
      const { start } = loose;
      const closer = config.doors.find((other) => isTakenBackBy(start, other.ipv4.start ?? ''));
      return {
        key: 'Start_Command',
        message:
          closer === undefined
            ? 'the start command is never taken back'
            : `only a knock at '${closer.name}' takes the start command back: until then the port stays open`,
        hint: "write a 'Stop_Command' and a 'Cmd_Timeout', or use 'Open' and 'Open_For'",
      };
    },
  ),
  doorRule(
    'stop-misses-start',
    'A rule of iptables is deleted only by the very same words. A stop command that says another one fails, and the door stays open for good.',
    ({ ipv4, ipv6 }) => {
      if (![ipv4, ipv6].some(missesStart)) return undefined;
      return {
        key: 'Stop_Command',
        message: 'the stop command deletes another rule than the start command makes',
        hint: "write the start command with '-D' instead of '-I'",
      };
    },
  ),
  doorRule(
    'timeout-without-stop',
    'Cmd_Timeout is the time between the start and the stop command. Without a stop command it means nothing.',
    ({ name, ipv4, ipv6 }, { places }) => {
      const stops = ipv4.stop !== undefined || ipv6.stop !== undefined;
      if (stops || places.ofDoor(name, 'Cmd_Timeout') === undefined) return undefined;
      return {
        key: 'Cmd_Timeout',
        message: "'Cmd_Timeout' without a 'Stop_Command' does nothing",
        hint: "write a 'Stop_Command', or leave 'Cmd_Timeout' out",
      };
    },
  ),
  doorRule(
    'no-address',
    'Without %IP% the start command does the same for everybody: it may open the door for the whole internet.',
    (door) => {
      if (startsOf(door).every((command) => command.includes('%IP%'))) return undefined;
      return {
        key: 'Start_Command',
        message: "the start command has no '%IP%': it is the same for everybody",
        hint: "write '%IP%' where the knocker's address belongs",
      };
    },
  ),
  doorRule(
    'ipv4-only-command',
    'A knock over IPv6 runs the command as well, and a rule for IPv4 refuses an IPv6 address: the door does not open, and the log fills with errors.',
    (door) => {
      if (!runsIpv4ForIpv6(door)) return undefined;
      return {
        key: 'Start_Command',
        message: 'a knock over IPv6 runs a command for IPv4 only',
        hint: "write a 'Start_Command_6' and a 'Stop_Command_6' with ip6tables; empty ones run nothing",
      };
    },
  ),
];

function startsOf({ ipv4, ipv6 }: Door): readonly string[] {
  return [ipv4.start, ipv6.start].filter((command) => command !== undefined);
}

/** Only where both are plain calls of iptables, and the stop command does delete. */
function missesStart({ start, stop }: DoorCommands): boolean {
  if (start === undefined || stop === undefined) return false;
  const [made, deleted] = [iptablesCall(start), iptablesCall(stop)];
  if (made === undefined || made.action === 'delete' || deleted?.action !== 'delete') return false;
  return !isTakenBackBy(start, stop);
}

/** The fall-back: what an IPv6 knock runs is the command for IPv4. */
function runsIpv4ForIpv6({ ipv4, ipv6, target }: Door): boolean {
  if (ipv6.start === undefined || ipv6.start !== ipv4.start) return false;
  const isForIpv4Alone = target !== undefined && target.w0 === 0 && target.w1 === 0 && target.w2 === 0xffff;
  return !isForIpv4Alone && IPV4_ONLY.test(ipv6.start) && !IPV6_TOO.test(ipv6.start);
}
