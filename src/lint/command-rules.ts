/** What goes wrong with commands that open and close. */

import type { Door } from '../config/config.ts';
import { doorRule, type Rule } from './rule.ts';

const APPENDS_ACCEPT = /\bip6?tables\b(?=.*\s(?:-A|--append)\b)(?=.*\s(?:-j|--jump)\s+ACCEPT\b)/;
const IPV4_TABLES = /\biptables\b/;
/** A command that takes back by itself: `iptables -D`, `ufw delete`, `nft delete`. */
const TAKES_BACK = /\s(?:-D|--delete|delete)\b/;

export const COMMAND_RULES: readonly Rule[] = [
  doorRule(
    'append-accept',
    'The option -A puts the rule at the end of the chain, behind the one that drops everything: it is never reached, and the door does not open.',
    ({ ipv4, ipv6 }) => {
      if (![ipv4.start, ipv6.start].some((command) => APPENDS_ACCEPT.test(command ?? ''))) return undefined;
      return {
        key: 'Start_Command',
        message: "'iptables -A' puts the rule behind the one that drops",
        hint: "use 'iptables -I', and '-D' to take it back",
      };
    },
  ),
  doorRule(
    'start-without-stop',
    'Nothing takes back what the start command did: a door that was opened stays open for good, unless the knocker opens another one that closes it.',
    ({ ipv4, ipv6 }) => {
      const isLoose = [ipv4, ipv6].some(
        ({ start, stop }) => start !== undefined && stop === undefined && !TAKES_BACK.test(start),
      );
      if (!isLoose) return undefined;
      return {
        key: 'Start_Command',
        message: 'the start command is never taken back',
        hint: "write a 'Stop_Command' and a 'Cmd_Timeout', or use 'Open' and 'Open_For'",
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
    ({ ipv4, ipv6 }) => {
      const blind = [ipv4.start, ipv6.start].some(
        (command) => command !== undefined && !command.includes('%IP%'),
      );
      if (!blind) return undefined;
      return {
        key: 'Start_Command',
        message: "the start command has no '%IP%': it is the same for everybody",
        hint: "write '%IP%' where the knocker's address belongs",
      };
    },
  ),
  doorRule(
    'ipv4-only-command',
    'A knock over IPv6 runs the command as well, and iptables refuses an IPv6 address: the door does not open, and the log fills with errors.',
    (door) => {
      if (!runsIpv4ForIpv6(door)) return undefined;
      return {
        key: 'Start_Command',
        message: 'a knock over IPv6 runs iptables, which takes IPv4 only',
        hint: "write a 'Start_Command_6' with ip6tables; an empty one runs nothing",
      };
    },
  ),
];

/** The fall-back: what an IPv6 knock runs is the command for IPv4. */
function runsIpv4ForIpv6({ ipv4, ipv6, target }: Door): boolean {
  if (ipv6.start === undefined || ipv6.start !== ipv4.start) return false;
  const isForIpv4Alone = target !== undefined && target.w0 === 0 && target.w1 === 0 && target.w2 === 0xffff;
  return !isForIpv4Alone && IPV4_TABLES.test(ipv6.start);
}
