/** Both sides of a door with new secrets: what goes into the server's configuration, and what the client needs. Pure. */

import { isAbsolute, join } from 'node:path';

/** Keys and secrets as configurations write them: `base64:...`, base32, or `file:/path`. */
export type DoorSecret =
  | { readonly kind: 'spa'; readonly key: string; readonly hmac: string }
  | { readonly kind: 'totp'; readonly secret: string };

export interface KeyTexts {
  readonly door: string;
  readonly client: string;
}

export interface KeyWish {
  readonly name: string;
  /** `tcp/22,udp/53`. */
  readonly open: string;
  /** As the configuration writes it. */
  readonly openFor: string;
  readonly server: string;
}

/** The section for knockd.conf. */
export function doorText({ name, open, openFor }: KeyWish, secret: DoorSecret): string {
  const own =
    secret.kind === 'spa'
      ? [`Spa_Key      = ${secret.key}`, `Spa_Hmac_Key = ${secret.hmac}`]
      : [`Totp_Secret  = ${secret.secret}`, 'TCPFlags     = syn'];
  const lines = [...own, `Open         = ${open}`, `Open_For     = ${openFor}`];
  return [`[${name}]`, ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** Commands and files of the client, `DIR` for the folder where its secrets lie. */
export function clientText({ name, open, server }: KeyWish, secret: DoorSecret): string {
  if (secret.kind === 'totp') {
    return [
      `# ${name}.totp, readable for you alone:`,
      secret.secret,
      '# and then:',
      `knock --totp file:/path/to/${name}.totp ${server}`,
      '',
    ].join('\n');
  }
  return [
    `# ${name}.key and ${name}.hmac, readable for you alone:`,
    secret.key,
    secret.hmac,
    '# and then:',
    `knock --spa -k file:/path/to/${name}.key -K file:/path/to/${name}.hmac -A ${open} ${server}`,
    '',
    '# or for fwknop, in ~/.fwknoprc:',
    ...fwknoprc(name, open, server, secret),
    '# and then:',
    `fwknop -n ${name} -a YOUR-ADDRESS`,
    '',
  ].join('\n');
}

/** Where `--write` puts them. */
export function secretPaths(folder: string, name: string, kind: DoorSecret['kind']): readonly string[] {
  const absolute = isAbsolute(folder) ? folder : join(process.cwd(), folder);
  return (kind === 'spa' ? ['key', 'hmac'] : ['totp']).map((ending) => join(absolute, `${name}.${ending}`));
}

/** fwknop(8), FWKNOPRC FILE. Keys with their `base64:`. */
export function fwknoprc(
  name: string,
  open: string,
  server: string,
  { key, hmac }: { readonly key: string; readonly hmac: string | undefined },
): readonly string[] {
  return [
    `[${name}]`,
    `SPA_SERVER      ${server}`,
    `ACCESS          ${open}`,
    `KEY_BASE64      ${bareBase64(key)}`,
    ...(hmac === undefined ? [] : [`HMAC_KEY_BASE64 ${bareBase64(hmac)}`, 'USE_HMAC        Y']),
  ];
}

/** Of `base64:...` what follows. */
export function bareBase64(text: string): string {
  return text.replace(/^base64:/, '');
}
