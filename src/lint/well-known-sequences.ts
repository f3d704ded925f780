/** Sequences that stand in manual pages and articles: what a guesser tries first, in either direction. */

/** The order of ports matters; `tcp` is not written. */
const PUBLISHED: readonly string[] = [
  // knockd's manual page, and the configuration of its Debian package
  '7000,8000,9000',
  '2222:udp,3333,4444:udp',
  '12345,54321,24680,13579',
  // articles, and those that copy them
  '8881,7777,9991',
  '5438,3428,3280,4479',
  '7005,7006,7007',
  '7000:udp,7007,7777:udp',
  '2222,3333,4444',
  '1111,2222,3333',
  '1000,2000,3000',
  '2000,3000,4000',
  '3000,4000,5000',
  '4000,5000,6000',
  '10000,20000,30000',
  '10001,10002,10003',
  '700,800,900',
  '100,200,300,400',
  '571,290,911',
  // the documentation of this project
  '7301,48122:udp,15904',
];

const IN_BOTH_DIRECTIONS = new Set(
  PUBLISHED.flatMap((text) => [text, text.split(',').toReversed().join(',')]),
);

/** @param text steps as in a configuration, `tcp` not written */
export function isWellKnown(text: string): boolean {
  return IN_BOTH_DIRECTIONS.has(text);
}
