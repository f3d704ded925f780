/** The kernel filter onto a capture, as fine as this kernel's limits allow. */

import type { LiveCapture } from '../native/live-capture.ts';
import type { FilterSpec } from './filter-spec.ts';
import { buildFilter } from './kernel-filter.ts';

/**
 * Ranges of ports in each set, finest first. The kernel charges a filter to the socket (net.core.optmem_max, 20 kB in
 * older kernels), which the finest may exceed.
 */
const RANGES = [128, 32, 8, 1];

/** @returns an errno name when the kernel takes none of them: every packet is passed then */
export function attachFilter(capture: LiveCapture, spec: FilterSpec): string | undefined {
  let refused: string | undefined;
  for (const maxRanges of RANGES) {
    const program = buildFilter(spec, capture.linkType, maxRanges);
    refused = capture.attachFilter(program);
    if (refused === undefined) return undefined;
    // The one before is charged until the new one is there.
    capture.detachFilter();
    refused = capture.attachFilter(program);
    if (refused === undefined) return undefined;
  }
  return refused;
}
