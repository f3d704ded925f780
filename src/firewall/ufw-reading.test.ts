import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';
import { parseUfwAdded, ufwKey, ufwRulesOf, ufwWords } from './ufw-rule.ts';
import { parseUfwStatus, ufwWarnings } from './ufw-status.ts';

function door(ports: string): GuardedDoor {
  return { name: 'd', ports: ports.split(',').map((text) => parsePortRange(text)!), ipv6PrefixLength: 128 };
}

/** As ufw 0.36.2 prints it. */
const ADDED = `Added user rules (see 'ufw status' for running firewall):
ufw allow from 192.0.2.2 to any port 22,80,8000:8080 proto tcp comment 'postern:d:forever'
ufw allow from 192.0.2.1 to any port 22 proto tcp
ufw allow from 192.0.2.1 to any port 23 proto tcp comment 'postern'
ufw allow 60000:61000/udp comment 'postern:x%20y:forever'
ufw allow in on eth0 to any port 443
ufw deny from 192.0.2.3 to any port 22 proto tcp comment 'postern:d:forever'
ufw allow from 2001:db8::/64 to any port 60000:61000 proto udp comment 'postern:d:5'
`;

const STATUS = `Status: active
Logging: on (low)
Default: deny (incoming), allow (outgoing), disabled (routed)
New profiles: skip

To                         Action      From
--                         ------      ----
22/tcp                     ALLOW IN    192.0.2.1                  # postern:d:1
22/tcp                     DENY IN     Anywhere                  
80                         ALLOW IN    Anywhere                  
443 on eth0                ALLOW IN    Anywhere                  
5,1000:1010/udp            LIMIT IN    Anywhere                   # words
9418/tcp (Git)             ALLOW IN    Anywhere                  
80 (v6)                    ALLOW IN    Anywhere (v6)             
7/tcp                      ALLOW OUT   Anywhere                  
`;

test('rules are told apart from others by their comment', () => {
  assert.deepEqual(
    parseUfwAdded(ADDED).map(({ rule, mark }) => [rule.source, rule.ports, mark?.door]),
    [
      ['192.0.2.2', '22,80,8000:8080', 'd'],
      ['192.0.2.1', '22', undefined],
      ['192.0.2.1', '23', undefined],
      ['2001:db8::/64', '60000:61000', 'd'],
    ],
  );
  assert.deepEqual(parseUfwAdded("Added user rules (see 'ufw status' for running firewall):\n(None)\n"), []);
});

test('a rule is the same in whatever order ufw tells its ports', () => {
  const [rule] = ufwRulesOf(door('tcp/8000-8080,tcp/22,tcp/80'), '192.0.2.2');
  assert.deepEqual(ufwWords(rule!).join(' '), 'allow from 192.0.2.2 to any port 8000:8080,22,80 proto tcp');
  assert.equal(ufwKey(rule!), ufwKey(parseUfwAdded(ADDED)[0]!.rule));
});

test('what ufw lets everybody use is told; other rules are not', () => {
  const status = parseUfwStatus(STATUS);
  assert.equal(status.isActive, true);
  const warn = (ports: string) => ufwWarnings(status, [door(ports)]);
  assert.deepEqual(warn('tcp/22,tcp/443,udp/9418,tcp/7,tcp/1005'), []);
  assert.deepEqual(warn('tcp/80'), [
    "ufw lets everybody use tcp/80 of door 'd': '80 ALLOW IN Anywhere'",
    "ufw lets everybody use tcp/80 of door 'd': '80 (v6) ALLOW IN Anywhere (v6)'",
  ]);
  assert.match(warn('udp/1005').join(), /LIMIT IN/);
  assert.match(warn('tcp/9418').join(), /\(Git\)/);
  assert.match(
    ufwWarnings({ ...status, incoming: 'allow' }, [door('tcp/1')]).join(),
    /default deny incoming/,
  );
  assert.deepEqual(ufwWarnings({ ...status, incoming: 'allow' }, []), []);
});

test('an inactive ufw is seen', () => {
  assert.equal(parseUfwStatus('Status: inactive\n').isActive, false);
});
