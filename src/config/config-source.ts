/** Where configuration text comes from: the disk, or a map in a test. */

import type { Result } from '../base/result.ts';

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

export interface ConfigSource {
  /** The whole text of a file; the error says for people why there is none. */
  read(path: string): Result<string, string>;
  /** Empty when there is no such directory; an error when it cannot be looked into. */
  list(directory: string): Result<readonly DirectoryEntry[], string>;
  /** Whether two paths lead to the same file: `..` after a link leads out of where the link leads. */
  isSame(a: string, b: string): boolean;
}
