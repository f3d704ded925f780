/**
 * What a door's shell command does to the firewall, where it is one plain command of iptables, ufw, firewall-cmd or nft that lets
 * `%IP%` reach ports, or no longer. Anything else has a reason why it is not understood. Pure; nothing is run.
 */

import { basename } from 'node:path';
import { fail, type Result } from '../../base/result.ts';
import { type FirewallCommand, portsOf } from './command-ports.ts';
import { iptablesCommand } from './iptables-command.ts';

type Understood = Result<FirewallCommand, string>;

/** What makes more of a line than one command with words. */
const SHELL = /[;&|<>`$(){}\\\n]/;

export function firewallCommand(command: string): Understood {
  const isNft = /^(?:sudo\s+)?(?:\S*\/)?nft\s/.test(command);
  if (SHELL.test(isNft ? command.replaceAll(/[{}\\]/g, ' ') : command))
    return fail('it is more than one command');
  const words = wordsOf(command);
  if (words === undefined) return fail('its quotes do not match');
  const [program = '', ...args] = words[0] === 'sudo' ? words.slice(1) : words;
  const name = basename(program);
  if (/^ip6?tables(?:-nft|-legacy)?$/.test(name)) return iptablesCommand(args);
  switch (name) {
    case 'ufw':
      return ufwCommand(args);
    case 'firewall-cmd':
      return firewalldCommand(args);
    case 'nft':
      return nftCommand(args);
    default:
      return fail(`'${name}' is no firewall's command that is known here`);
  }
}

/** With the text in quotes as part of its word; undefined where a quote is left open. */
function wordsOf(command: string): readonly string[] | undefined {
  const words = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const bare = words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  return /["']/.test(command.replaceAll(/"[^"]*"|'[^']*'/g, '')) ? undefined : bare;
}

/** ufw(8): `allow [proto P] from %IP% to any port N [proto P]`, and `delete` before it. */
function ufwCommand(args: readonly string[]): Understood {
  const text = args.filter((word) => word !== '--force').join(' ');
  const match =
    /^(delete )?(?:insert \d+ )?allow (?:in )?(?:proto (\w+) )?from %IP% to any port ([\d:,]+)(?: proto (\w+))?$/.exec(
      text,
    );
  if (match === null) return fail("it is not 'ufw allow from %IP% to any port PORT'");
  const [, isDelete, before, ports = '', behind] = match;
  const word = before ?? behind;
  return portsOf(word === undefined ? ['tcp', 'udp'] : [word], ports.split(','), {
    verb: isDelete === undefined ? 'open' : 'close',
    firewall: 'ufw',
  });
}

/** firewall-cmd(1), `--add-rich-rule` with a source and a port. */
function firewalldCommand(args: readonly string[]): Understood {
  const zone = args.find((word) => word.startsWith('--zone'));
  if (zone !== undefined) return fail(`'${zone}' asks for something that doors cannot`);
  const rule = args
    .map((word) => /^--(add|remove)-rich-rule=(.*)$/.exec(word))
    .find((found) => found !== null);
  const split = args.findIndex((word) => /^--(?:add|remove)-rich-rule$/.test(word));
  const [, verb = args[split]?.slice(2), text = args[split + 1] ?? ''] = rule ?? [];
  const match =
    /^rule(?: family=ipv[46])? source address=%IP%(?:\/\d+)? port (?:port=([\d-]+) protocol=(\w+)|protocol=(\w+) port=([\d-]+)) accept$/.exec(
      text.replaceAll(/["']/g, '').trim(),
    );
  if (match === null || (split < 0 && rule === undefined))
    return fail("it is not '--add-rich-rule' with the source %IP%, a port and accept");
  const [, port, protocol, protocolFirst, portLast] = match;
  return portsOf([protocol ?? protocolFirst ?? ''], [port ?? portLast ?? ''], {
    verb: verb?.startsWith('remove') === true ? 'close' : 'open',
    firewall: 'firewalld',
  });
}

/** nft(8), `add rule`: what opens. Rules are deleted by their handles, which say nothing of ports. */
function nftCommand(args: readonly string[]): Understood {
  const text = args.join(' ').replaceAll('\\', '').replaceAll(/\s+/g, ' ').trim();
  if (/^(?:add|delete) element\b/.test(text))
    return fail('what the set opens is said elsewhere in your rules');
  const match =
    /^(?:add|insert) rule (?:ip6?|inet) \S+ \S+ (?:ip6? saddr %IP% )(tcp|udp) dport (?:\{ ?([\d, -]+?) ?\}|([\d-]+))(?: ct state new)?(?: counter)? accept$/.exec(
      text,
    );
  if (match === null) return fail("it is not 'nft add rule ... saddr %IP% tcp dport PORT accept'");
  const [, protocol = '', several, one = ''] = match;
  return portsOf(
    [protocol],
    (several ?? one).split(',').map((word) => word.trim()),
    {
      verb: 'open',
      firewall: 'nftables-mark',
    },
  );
}
