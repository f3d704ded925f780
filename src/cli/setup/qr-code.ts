/** QR codes for terminals and files. */

import { crc32, deflateSync } from 'node:zlib';
import { encode, renderSVG, renderUnicodeCompact } from 'uqr';

/** Modules of white around a code (ISO/IEC 18004: 4). */
const BORDER = 4;
/** Pixels a module: a code for keys is then some 600 pixels wide. */
const SCALE = 8;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Two modules a character; what is drawn is the light ones, so it is right on a dark background.
 * @param isColoured say black and white, so that it is right on any
 */
export function qrText(text: string, isColoured: boolean): string {
  const lines = renderUnicodeCompact(text, { border: BORDER }).split('\n');
  const drawn = isColoured ? lines.map((line) => `\u001b[97;40m${line}\u001b[0m`) : lines;
  return `${drawn.join('\n')}\n`;
}

export function qrSvg(text: string): string {
  return `${renderSVG(text, { border: BORDER, pixelSize: SCALE })}\n`;
}

/** PNG (ISO/IEC 15948) with one bit a pixel, grey. */
export function qrPng(text: string): Buffer {
  const { data, size } = encode(text, { border: BORDER });
  const width = size * SCALE;
  const rows = data.flatMap((modules) => {
    const row = Buffer.alloc(1 + Math.ceil(width / 8)); // the first byte says that nothing is filtered
    for (let x = 0; x < width; x++)
      if (modules[Math.floor(x / SCALE)] === false) row[1 + (x >> 3)]! |= 0x80 >> (x & 7);
    return Array.from({ length: SCALE }, () => row);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  header[8] = 1; // bits a pixel; the rest is 0: grey, deflate, no filter, no interlace
  const body = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND')];
  return Buffer.concat([SIGNATURE, ...body]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
