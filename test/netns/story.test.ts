/** The three doors of knockd's manual page do to the real firewall what the story says, whoever knocks. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { KNOCK } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  CLIENT6,
  type DoorScene,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

const RULE = 'INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';
const OPEN_FOR_SECONDS = 2;

const DOORS = `
[openSSH]
Sequence = 7000,8000,9000
Seq_Timeout = 15
TCPFlags = syn
Start_Command = iptables -w -I ${RULE}
Start_Command_6 = ip6tables -w -I ${RULE}

[closeSSH]
Sequence = 9000,8000,7000
Seq_Timeout = 15
TCPFlags = syn
Start_Command = iptables -w -D ${RULE}
Start_Command_6 = ip6tables -w -D ${RULE}

[opencloseSSH]
Sequence = 2222:udp,3333:tcp,4444:udp
Seq_Timeout = 15
TCPFlags = syn,!ack
Start_Command = iptables -w -I ${RULE}
Start_Command_6 = ip6tables -w -I ${RULE}
Cmd_Timeout = ${OPEN_FOR_SECONDS}
Stop_Command = iptables -w -D ${RULE}
Stop_Command_6 = ip6tables -w -D ${RULE}
`;

type Knocker = (from: Host, to: string, ports: readonly string[]) => Promise<void>;

interface Client {
  readonly name: string;
  readonly program: string;
  readonly knock: Knocker;
  /** Sends UDP, too. */
  readonly udp: boolean;
}

const CLIENTS: readonly Client[] = [
  {
    name: "Postern's knock",
    program: KNOCK,
    udp: true,
    knock: async (from, to, ports) => void (await from.exec(KNOCK, [to, ...ports])),
  },
  {
    name: "Debian's knock",
    program: '/usr/bin/knock',
    udp: true,
    knock: async (from, to, ports) => void (await from.exec('/usr/bin/knock', ['-d', '20', to, ...ports])),
  },
  {
    name: 'nc -z',
    program: '/usr/bin/nc',
    udp: false,
    knock: async (from, to, ports) => {
      for (const port of ports) await from.attempt('nc', ['-z', '-w', '1', to, port]);
    },
  },
  {
    name: 'nmap',
    program: '/usr/bin/nmap',
    udp: false,
    knock: async (from, to, ports) => {
      const family = to.includes(':') ? ['-6'] : [];
      for (const port of ports)
        await from.exec('nmap', [...family, '-n', '-Pn', '--max-retries', '0', '-p', port, to]);
    },
  },
];

for (const client of CLIENTS) {
  const missing = existsSync(client.program) ? undefined : `${client.program} is not installed`;
  test(`doors open and close for ${client.name}, IPv4 and IPv6`, { skip: skip ?? missing }, async (t) => {
    const scene = setDoorScene(t);
    wall(scene);
    writeConf(scene, DOORS);
    await startDaemon(scene);
    await story(scene, client, SERVER4, () => rulesFor(scene.server.iptables('-S', 'INPUT'), CLIENT4));
    if (!scene.lab.hasIpv6) return t.diagnostic('this kernel has no IPv6');
    await story(scene, client, SERVER6, () => rulesFor(scene.server.ip6tables('-S', 'INPUT'), CLIENT6));
    assert.equal(rulesFor(scene.server.iptables('-S', 'INPUT'), CLIENT4), 0, 'IPv6 knocks leave IPv4 alone');
  });
}

async function story(scene: DoorScene, client: Client, to: string, rules: () => number): Promise<void> {
  assert.equal(rules(), 0);
  await client.knock(scene.client, to, ['7000', '8000', '9000']);
  await until(() => rules() === 1, { what: `the rule of openSSH for ${client.name}` });
  await client.knock(scene.client, to, ['9000', '8000', '7000']);
  await until(() => rules() === 0, { what: `closeSSH for ${client.name}` });
  if (!client.udp) return;
  await client.knock(scene.client, to, ['2222:udp', '3333:tcp', '4444:udp']);
  await until(() => rules() === 1, { what: `the rule of opencloseSSH for ${client.name}` });
  await until(() => rules() === 0, { what: 'the door to close by itself' });
}

function wall({ server, lab }: DoorScene): void {
  server.iptables('-P', 'INPUT', 'DROP');
  server.iptables('-A', 'INPUT', '-m', 'state', '--state', 'ESTABLISHED,RELATED', '-j', 'ACCEPT');
  if (!lab.hasIpv6) return;
  server.ip6tables('-A', 'INPUT', '-p', 'icmpv6', '-j', 'ACCEPT');
  server.ip6tables('-P', 'INPUT', 'DROP');
}

function rulesFor(rules: string, address: string): number {
  return rules.split('\n').filter((rule) => rule.includes(`-s ${address}/`) && rule.includes('--dport 22'))
    .length;
}
