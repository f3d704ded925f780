/** Shared libraries through koffi, loaded at first use. Only this folder knows koffi. */

import { createRequire } from 'node:module';
import { messageOf, OpError } from '../base/op-error.ts';
import { once } from './once.ts';

type Koffi = typeof import('koffi');

/** A C pointer; null is NULL. */
export type Pointer = bigint;

export interface Library {
  /** `definition` is a C prototype; `F` is what it comes to in TypeScript. */
  func<F>(definition: string): F;
  /** The address of a function or variable. */
  symbol(name: string): Pointer;
}

/** @throws OpError when koffi's binary does not load on this machine. */
export const koffi: () => Koffi = once(() => {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    // Node tells below it who asked for the module.
    const cause = new Error(messageOf(error).split('\n')[0]);
    const machine = `${process.platform} ${process.arch}`;
    const hint = `install Postern for this machine, ${machine} with glibc: its package anew, or 'npm ci' from source`;
    throw new OpError({ op: 'load the module', target: 'koffi', hint, cause });
  }
});

/**
 * @param debianPackage what holds the library, as the error names it
 * @throws OpError when the library is missing
 */
export function loadLibrary(soname: string, debianPackage: string): Library {
  const native = koffi();
  try {
    const handle = native.load(soname);
    return {
      func: <F>(definition: string) => handle.func(definition) as F,
      symbol: (name) => handle.symbol(name) as Pointer,
    };
  } catch (cause) {
    const hint = `apt install ${debianPackage}`;
    throw new OpError({ op: 'load the library', target: soname, code: 'ENOENT', hint, cause });
  }
}
