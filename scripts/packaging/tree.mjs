/** The files of a package before they are packed: modes and dates are set, never taken from this machine. */

import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const PLAIN = 0o644;
export const EXECUTABLE = 0o755;

/**
 * @param {string} root of the tree
 * @param {string} path in it
 * @param {string | Uint8Array} content
 * @param {number} [mode]
 */
export function putFile(root, path, content, mode = PLAIN) {
  const target = placeFor(root, path);
  writeFileSync(target, content);
  chmodSync(target, mode); // whatever the umask
}

/**
 * @param {string} root
 * @param {string} path
 * @param {string} source a file outside the tree
 * @param {number} [mode]
 */
export function putCopy(root, path, source, mode = PLAIN) {
  const target = placeFor(root, path);
  copyFileSync(source, target);
  chmodSync(target, mode);
}

/**
 * @param {string} root
 * @param {string} path
 * @param {string} pointsTo
 */
export function putLink(root, path, pointsTo) {
  symlinkSync(pointsTo, placeFor(root, path));
}

/**
 * Paths of everything in the tree but directories, sorted.
 * @param {string} root
 * @returns {string[]}
 */
export function filesIn(root) {
  return entriesIn(root)
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Gives directories their mode, and everything one date.
 * @param {string} root
 * @param {number} epoch
 */
export function settle(root, epoch) {
  for (const entry of entriesIn(root)) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, EXECUTABLE);
    lutimesSync(path, epoch, epoch);
  }
  chmodSync(root, EXECUTABLE);
  lutimesSync(root, epoch, epoch);
}

/** @param {string} root */
function entriesIn(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true });
}

/**
 * @param {string} root
 * @param {string} path
 */
function placeFor(root, path) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  return target;
}
