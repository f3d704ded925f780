import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPortRanges } from '../../net/port-range.ts';
import { firewallCommand } from './firewall-command.ts';

/** `open tcp/22 by iptables INPUT`, or the reason why not. */
function read(command: string): string {
  const read = firewallCommand(command);
  if (!read.ok) return read.error;
  const { verb, ports, firewall, chain } = read.value;
  return `${verb} ${formatPortRanges(ports)} by ${[firewall, chain].filter(Boolean).join(' ')}`;
}

test('commands that let %IP% reach ports, or no longer, are understood', () => {
  const cases = [
    ['/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT', 'open tcp/22 by iptables INPUT'],
    ['iptables -w -I INPUT 1 -s %IP%/32 -p tcp -m tcp --dport 22 -j ACCEPT', 'open tcp/22 by iptables INPUT'],
    [
      'sudo ip6tables --delete KNOCK --source %IP% -p udp --dport 1:9 -j ACCEPT',
      'close udp/1-9 by iptables KNOCK',
    ],
    [
      'iptables -I INPUT -p tcp -m multiport --dports 80,443 -s %IP% -j ACCEPT',
      'open tcp/443,tcp/80 by iptables INPUT',
    ],
    [
      'iptables -I INPUT -s %IP% -p tcp --dport 22 -m conntrack --ctstate NEW -m comment --comment "by knock" -j ACCEPT',
      'open tcp/22 by iptables INPUT',
    ],
    ['ufw allow from %IP% to any port 22 proto tcp', 'open tcp/22 by ufw'],
    ['ufw insert 1 allow proto udp from %IP% to any port 53', 'open udp/53 by ufw'],
    ['/usr/sbin/ufw delete allow from %IP% to any port 22', 'close tcp/22,udp/22 by ufw'],
    [
      `firewall-cmd --add-rich-rule='rule family="ipv4" source address="%IP%" port port="22" protocol="tcp" accept'`,
      'open tcp/22 by firewalld',
    ],
    [
      `firewall-cmd --quiet --remove-rich-rule 'rule source address="%IP%" port protocol="tcp" port="22" accept'`,
      'close tcp/22 by firewalld',
    ],
    ['nft add rule inet filter input ip saddr %IP% tcp dport 22 accept', 'open tcp/22 by nftables-mark'],
    [
      String.raw`nft insert rule inet filter input ip saddr %IP% tcp dport \{ 80, 443 \} accept`,
      'open tcp/443,tcp/80 by nftables-mark',
    ],
  ] as const;
  for (const [command, said] of cases) assert.equal(read(command), said, command);
});

test('whatever else a command does has its reason', () => {
  const cases = [
    ['iptables -I INPUT -p tcp --dport 22 -j ACCEPT', /source is not '%IP%'/],
    ['iptables -I INPUT -s %IP% -p tcp --syn -j ACCEPT', /names no port/],
    ['iptables -I INPUT -s %IP% -p tcp --dport 22 -j DROP', /target is 'DROP'/],
    ['iptables -I INPUT -i eth0 -s %IP% -p tcp --dport 22 -j ACCEPT', /'-i' asks for/],
    ['iptables -I INPUT ! -s %IP% -p tcp --dport 22 -j ACCEPT', /'!' asks for/],
    ['iptables -I INPUT -s %IP% -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT', /module 'limit'/],
    [
      'iptables -I INPUT -s %IP% -p tcp --dport 22 -m state --state ESTABLISHED -j ACCEPT',
      /state 'ESTABLISHED'/,
    ],
    ['iptables -t nat -I PREROUTING -s %IP% -p tcp --dport 22 -j ACCEPT', /table 'nat'/],
    ['iptables -I FORWARD -s %IP% -p tcp --dport 22 -j ACCEPT', /forwarded/],
    ['iptables -I INPUT -s %IP% -p icmp --dport 22 -j ACCEPT', /it is about 'icmp'/],
    ['iptables -I INPUT -s %IP% -p tcp --dport ssh -j ACCEPT', /'ssh' is no port/],
    ['iptables -D INPUT 3', /by its number/],
    ['iptables -F INPUT', /'-F' asks for/],
    ['iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT; echo hi', /more than one command/],
    ['iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT && sleep 9', /more than one command/],
    ['iptables -I INPUT -s $(cat x) -p tcp --dport 22 -j ACCEPT', /more than one command/],
    ['iptables -m comment --comment "x', /quotes/],
    ['ufw allow 22', /it is not 'ufw allow from/],
    ['nft add element inet filter knockers { %IP% }', /what the set opens/],
    ['nft delete rule inet filter input handle 7', /it is not 'nft add rule/],
    ['firewall-cmd --zone=dmz --add-rich-rule=x', /'--zone=dmz' asks for/],
    ['firewall-cmd --add-port=22/tcp', /it is not '--add-rich-rule'/],
    ['/usr/bin/etherwake 00:11:22:33:44:55', /'etherwake' is no firewall's command/],
    ['', /is no firewall's command/],
  ] as const;
  for (const [command, reason] of cases) assert.match(read(command), reason, command);
});
