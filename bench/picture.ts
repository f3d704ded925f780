/**
 * The bars of a run as one SVG without outside parts, readable in light and dark. Pure: rows in, text out.
 * A beam is as long as the measured value is large beside its limit: who stays left of the line has met the bar.
 */

import type { Bar, Row } from './row.ts';
import { limitText, numberText } from './row-text.ts';

const WIDTH = 960;
const TOP = 64;
const LINE = 26;
const BEAM = 14;
/** Where beams begin, and where the line of the bars is. */
const LEFT = 440;
const AT_LIMIT = 640;
/** Longer beams are cut, and say so. */
const MOST = 1.5;
type Colour = 'paper' | 'ink' | 'soft' | 'met' | 'missed';

const FONT = 'system-ui, sans-serif';

/** Plain rules, no variables: not every program that shows pictures knows those. */
const STYLE = `
  text { font: 13px ${FONT}; }
  .title { font-size: 16px; font-weight: 600; }
  .soft { font-size: 12px; }
  .limit { stroke-width: 1.5; stroke-dasharray: 4 3; }
${colours('  ', { paper: '#ffffff', ink: '#1f2328', soft: '#59636e', met: '#1a7f4b', missed: '#bc4c00' })}
  @media (prefers-color-scheme: dark) {
${colours('    ', { paper: '#0d1117', ink: '#e6edf3', soft: '#9198a1', met: '#3fb97a', missed: '#f0883e' })}
  }
`;

export function picture(rows: readonly Row[], machine: string): string {
  const lines = rows.flatMap(({ id, bars }) => bars.map((bar) => ({ id, bar })));
  const height = TOP + lines.length * LINE + 36;
  const met = lines.filter(({ bar }) => bar.met).length;
  const title = `Postern: ${met} of ${lines.length} bars met`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    text(20, 30, title, 'title'),
    text(AT_LIMIT, TOP - 12, 'the bar', 'soft', 'middle'),
    ...lines.map(({ id, bar }, index) => beam(id, bar, TOP + index * LINE)),
    `<path class="limit" d="M${AT_LIMIT} ${TOP - 6}V${TOP + lines.length * LINE}"/>`,
    text(20, height - 14, machine, 'soft'),
    '</svg>\n',
  ].join('\n');
}

/** How far the beam reaches; 1 is the line. More than 1 exactly where the bar was missed. */
export function reach({ sense, value, limit }: Bar): number {
  const share = sense === 'at most' ? value / limit : limit / value;
  return Number.isFinite(share) ? Math.max(0, share) : MOST;
}

function colours(
  indent: string,
  { paper, ink, soft, met, missed }: Readonly<Record<Colour, string>>,
): string {
  return [
    `.paper { fill: ${paper}; }`,
    `text { fill: ${ink}; }`,
    `.soft { fill: ${soft}; }`,
    `.limit { stroke: ${soft}; }`,
    `.met { fill: ${met}; }`,
    `.missed { fill: ${missed}; }`,
  ]
    .map((rule) => indent + rule)
    .join('\n');
}

function beam(id: string, bar: Bar, top: number): string {
  const baseline = top + LINE / 2 + 4;
  const share = reach(bar);
  const width = Math.max(2, Math.min(share, MOST) * (AT_LIMIT - LEFT));
  const kind = bar.met ? 'met' : 'missed';
  const parts = [
    text(20, baseline, id, 'soft'),
    text(84, baseline, bar.what),
    `<rect class="${kind}" x="${LEFT}" y="${top + (LINE - BEAM) / 2}" width="${width.toFixed(1)}" height="${BEAM}" rx="2"/>`,
    text(
      WIDTH - 20,
      baseline,
      `${numberText(bar.value)} (${limitText(bar)}) ${bar.met ? '✓' : '✗'}`,
      '',
      'end',
    ),
  ];
  if (share > MOST) parts.push(text(LEFT + width + 4, baseline, '→', 'soft'));
  return parts.join('\n');
}

function text(x: number, y: number, content: string, kind = '', anchor = ''): string {
  const attributes = [
    `x="${x}" y="${y}"`,
    ...(kind === '' ? [] : [`class="${kind}"`]),
    ...(anchor === '' ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
