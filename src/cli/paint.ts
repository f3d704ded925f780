/** Colour is for people at a terminal who have not said no to it (no-color.org), and means nothing by itself. */

export type Paint = (text: string) => string;

export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
}

export interface Terminal {
  readonly isTTY?: boolean;
}

export function paletteFor(
  stream: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): Palette {
  const isOn = isColoured(stream, environment);
  const sgr = (code: number) => (text: string) => (isOn ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: sgr(32), bad: sgr(31), dim: sgr(2), strong: sgr(1) };
}

export function isColoured(
  stream: Terminal,
  { NO_COLOR = '', TERM = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';
}
