/**
 * libnftables (libnftables(3)): runs text as nft(8) reads it, all of a text in one transaction.
 *
 * For tables, chains and sets. Each call reads all sets of the machine first, and every element of sets with intervals,
 * an administrator's too: single elements go through `nftables-elements.ts` instead.
 */

import { OpError } from '../base/op-error.ts';
import { type Library, loadLibrary, type Pointer } from './library.ts';
import { once } from './once.ts';
import { AF_NETLINK, NETLINK_NETFILTER, SOCK_RAW, Socket } from './socket.ts';

/** NFT_CTX_OUTPUT_TERSE: lists named sets without their elements. */
const OUTPUT_TERSE = 1 << 11;

interface NftablesLibrary {
  readonly contextNew: (flags: number) => Pointer | null;
  readonly contextFree: (context: Pointer) => void;
  readonly bufferOutput: (context: Pointer) => number;
  readonly bufferError: (context: Pointer) => number;
  readonly outputSetFlags: (context: Pointer, flags: number) => void;
  readonly run: (context: Pointer, text: string) => number;
  readonly output: (context: Pointer) => string;
  readonly error: (context: Pointer) => string;
}

const nftables = once(() => bind(loadLibrary('libnftables.so.1', 'libnftables1')));

export interface NftablesReply {
  readonly ok: boolean;
  /** What `nft` would print: standard output when it went well, else the complaint. */
  readonly text: string;
}

/**
 * Runs commands, separated by newlines, in a context of their own: a context keeps all that it once read in memory.
 * The library ends the process where it gets no socket, or where the kernel does not speak nftables: the one is tried
 * here, for the other ask `nftablesGeneration` before.
 * @param how `terse`: lists leave out the elements of named sets
 * @throws OpError when libnftables is not installed, or no more files can be opened
 */
export function runNftables(text: string, how: 'full' | 'terse' = 'full'): NftablesReply {
  const lib = nftables();
  new Socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER).close();
  const context = lib.contextNew(0);
  if (context === null) throw new OpError({ op: 'make a context of', target: 'libnftables', code: 'ENOMEM' });
  try {
    lib.bufferOutput(context);
    lib.bufferError(context);
    if (how === 'terse') lib.outputSetFlags(context, OUTPUT_TERSE);
    const ok = lib.run(context, text) === 0;
    return { ok, text: ok ? lib.output(context) : lib.error(context) };
  } finally {
    lib.contextFree(context);
  }
}

function bind(lib: Library): NftablesLibrary {
  return {
    contextNew: lib.func('void* nft_ctx_new(uint32_t)'),
    contextFree: lib.func('void nft_ctx_free(void*)'),
    bufferOutput: lib.func('int nft_ctx_buffer_output(void*)'),
    bufferError: lib.func('int nft_ctx_buffer_error(void*)'),
    outputSetFlags: lib.func('void nft_ctx_output_set_flags(void*, unsigned int)'),
    run: lib.func('int nft_run_cmd_from_buffer(void*, const char*)'),
    output: lib.func('const char* nft_ctx_get_output_buffer(void*)'),
    error: lib.func('const char* nft_ctx_get_error_buffer(void*)'),
  };
}
