/** Capture files, pcap and pcapng of any byte order and resolution, in the same batches as live packets. */

import type { OpError } from '../base/op-error.ts';
import { FrameList } from '../native/frame-list.ts';
import { OfflineCapture } from '../native/offline-capture.ts';
import { RecordBuffer } from '../native/record-buffer.ts';
import type { FrameBatch } from './frame-batch.ts';

/** Holds at least four records of the largest kind, and thousands of the usual one in one go. */
const BUFFER_BYTES = 1 << 20;

/**
 * Hands on all packets before it returns.
 * @param path `-` is standard input
 * @throws OpError when the file cannot be read, is no capture file or ends within a packet; what came before the fault
 *   has been handed on by then
 */
export function readCaptureFile(path: string, onBatch: (batch: FrameBatch) => void): void {
  const file = new OfflineCapture(path);
  try {
    const buffer = new RecordBuffer(BUFFER_BYTES);
    try {
      const fault = readAll(file, buffer, onBatch);
      if (fault !== undefined) throw fault;
    } finally {
      buffer.close();
    }
  } finally {
    file.close();
  }
}

function readAll(
  file: OfflineCapture,
  buffer: RecordBuffer,
  onBatch: (batch: FrameBatch) => void,
): OpError | undefined {
  const batch: FrameBatch = { view: buffer.view, frames: new FrameList(), linkType: file.linkType };
  for (;;) {
    const outcome = file.read(buffer);
    for (let at = buffer.list(0, batch.frames); batch.frames.count > 0; at = buffer.list(at, batch.frames)) {
      onBatch(batch);
    }
    buffer.clear();
    if (typeof outcome !== 'number') return outcome;
    if (outcome === 0) return undefined;
  }
}
