/** What a client needs for a door of a configuration, in the forms that programs take. Secrets are shown: that is its purpose. Pure. */

import type { Door, SpaSettings } from '../../config/config.ts';
import { formatPortRange, type PortRange } from '../../net/port-range.ts';
import { formatKey } from '../../spa/key-bytes.ts';
import { formatTotpSecret } from '../../spa/totp-secret.ts';
import { DEFAULT_SHAPE } from '../../spa/totp-sequence.ts';
import { bareBase64, fwknoprc } from './key-texts.ts';
import { sequenceText } from './random-sequence.ts';

/** A file that the client has to make, readable for its owner alone. */
export interface ClientFile {
  readonly name: string;
  readonly text: string;
}

export interface ClientSide {
  readonly files: readonly ClientFile[];
  /** Of this project's own client. */
  readonly command: string;
  /** For other programs and for `knock NAME`, each with its title. */
  readonly excerpts: readonly { readonly title: string; readonly text: string }[];
  /** What is to be known besides. */
  readonly notes: readonly string[];
  /** What an app on a phone reads from a code. */
  readonly qr: { readonly app: string; readonly text: string } | undefined;
}

/** Where fwknop's clients send to unless they are told. */
const USUAL_SPA_PORT = 62_201;
/** What `knock` waits for unless it is told. */
const SSH_PORT = 22;

/** @param server as the client names it */
export function clientSide(door: Door, server: string): ClientSide {
  const { sequence, name } = door;
  switch (sequence.kind) {
    case 'fixed':
      return sequenceSide(door, sequence.steps, server);
    case 'one-time':
      return {
        files: [{ name: `${name}.sequences`, text: `# a copy of ${sequence.path} on the server` }],
        command: `knock --one-time /path/to/${name}.sequences ${server}`,
        excerpts: [profile(door, server, { One_Time_Sequences: `/path/to/${name}.sequences` })],
        notes: [],
        qr: undefined,
      };
    case 'totp': {
      const { steps, first, last } = sequence.shape;
      const otherSteps = steps === DEFAULT_SHAPE.steps ? undefined : `${steps}`;
      const isUsualRange = first === DEFAULT_SHAPE.first && last === DEFAULT_SHAPE.last;
      const otherPorts = isUsualRange ? undefined : `${first}-${last}`;
      const secret = `file:/path/to/${name}.totp`;
      const options = [
        ...(otherSteps === undefined ? [] : [`--totp-steps ${otherSteps}`]),
        ...(otherPorts === undefined ? [] : [`--totp-ports ${otherPorts}`]),
      ];
      return {
        files: [{ name: `${name}.totp`, text: formatTotpSecret(sequence.secret) }],
        command: ['knock', `--totp ${secret}`, ...options, server].join(' '),
        excerpts: [
          profile(door, server, { Totp_Secret: secret, Totp_Steps: otherSteps, Totp_Ports: otherPorts }),
        ],
        notes: [],
        qr: undefined,
      };
    }
    case 'spa':
      return spaSide(door, sequence, server);
  }
}

function sequenceSide(door: Door, steps: Parameters<typeof sequenceText>[0], server: string): ClientSide {
  const { name } = door;
  const sequence = sequenceText(steps);
  const knocks = {
    version: 1,
    sequences: [{ name, host: server, steps: steps.map(({ port, protocol }) => ({ type: protocol, port })) }],
  };
  const lines = [`[${name}]`, `    Sequence = ${sequence}`];
  return {
    files: [],
    command: `knock ${server} ${sequence.replaceAll(',', ' ')}`,
    excerpts: [
      { title: 'knockd.conf, which Knock on Ports (Android) imports', text: lines.join('\n') },
      profile(door, server, { Sequence: sequence }),
    ],
    notes: [],
    qr: { app: 'Knock on Ports (Android)', text: JSON.stringify(knocks) },
  };
}

function spaSide(door: Door, { key, hmac, port }: SpaSettings, server: string): ClientSide {
  const { name, opening } = door;
  const keys = { key: formatKey(key), hmac: hmac === undefined ? undefined : formatKey(hmac.key) };
  const open = opening === undefined ? 'tcp/22' : opening.ports.map(firstOf).join(',');
  const isUsualPort = port === USUAL_SPA_PORT;
  const type = hmac === undefined || hmac.type === 'sha256' ? undefined : hmac.type;
  const command = [
    `knock --spa -k file:/path/to/${name}.key`,
    keys.hmac === undefined ? '--no-hmac' : `-K file:/path/to/${name}.hmac`,
    ...(type === undefined ? [] : [`--hmac-type ${type}`]),
    `-A ${open}`,
    ...(isUsualPort ? [] : [`-p ${port}`]),
    server,
  ].join(' ');
  const rc = [
    ...fwknoprc(name, open, server, keys),
    ...(type === undefined ? [] : [`HMAC_DIGEST_TYPE ${type.toUpperCase().replace('-', '_')}`]),
    ...(isUsualPort ? [] : [`SPA_SERVER_PORT ${port}`]),
  ];
  const code = [`KEY_BASE64:${bareBase64(keys.key)}`];
  if (keys.hmac !== undefined) code.push(`HMAC_KEY_BASE64:${bareBase64(keys.hmac)}`);
  return {
    files: [
      { name: `${name}.key`, text: keys.key },
      ...(keys.hmac === undefined ? [] : [{ name: `${name}.hmac`, text: keys.hmac }]),
    ],
    command,
    excerpts: [
      { title: `~/.fwknoprc for fwknop, then: fwknop -n ${name} -a YOUR-ADDRESS`, text: rc.join('\n') },
      profile(door, server, {
        Spa_Key: `file:/path/to/${name}.key`,
        Spa_Hmac_Key: keys.hmac === undefined ? undefined : `file:/path/to/${name}.hmac`,
        Spa_Unauthenticated: keys.hmac === undefined ? 'yes' : undefined,
        Spa_Hmac_Type: type,
        Access: open,
        Spa_Port: isUsualPort ? undefined : `${port}`,
      }),
    ],
    notes: opening === undefined ? [] : rangeNotes(opening.ports),
    qr: { app: 'Fwknop2 (Android)', text: code.join(' ') },
  };
}

/** Of `knock NAME`, with the ways to use it. Values that are undefined are the usual ones. */
function profile(
  { name, opening }: Door,
  server: string,
  values: Readonly<Record<string, string | undefined>>,
): { readonly title: string; readonly text: string } {
  const port = opening?.ports.find(({ protocol }) => protocol === 'tcp')?.first;
  const waitPort = port === undefined || port === SSH_PORT || 'Access' in values ? undefined : `${port}`;
  const said = Object.entries({ Host: server, ...values, Wait_Port: waitPort });
  const lines = said.flatMap(([key, value]) => (value === undefined ? [] : [`    ${key} = ${value}`]));
  const use =
    port === SSH_PORT
      ? `knock ${name} -- ssh ${server}\n# in ~/.ssh/config: ProxyCommand knock --proxy ${name} %h %p`
      : `knock ${name}`;
  return {
    title: `a profile in ~/.config/postern/profiles.conf (chmod 600), then: ${use}`,
    text: [`[${name}]`, ...lines].join('\n'),
  };
}

/** What a packet cannot ask for: `fwknop -A` refuses ranges. */
function rangeNotes(ports: readonly PortRange[]): readonly string[] {
  return ports
    .filter(({ first, last }) => first < last)
    .map(
      (range) =>
        `a packet asks for single ports: put those of ${formatPortRange(range)} that you want in the place of ${firstOf(range)}`,
    );
}

/** A packet asks for single ports. */
function firstOf({ protocol, first }: PortRange): string {
  return `${protocol}/${first}`;
}

/** For people: files, command, and what other programs take. */
export function clientSideText({ files, command, excerpts, notes }: ClientSide): string {
  const blocks = [
    ...files.map(
      ({ name, text }) => `# the file ${name}, readable for its owner alone (chmod 600):\n${text}`,
    ),
    `# ${files.length === 0 ? 'the' : 'and the'} command:\n${command}`,
    ...notes.map((note) => `# note: ${note}`),
    ...excerpts.map(({ title, text }) => `# or ${title}\n${text}`),
  ];
  return `${blocks.join('\n\n')}\n`;
}
