/** P8: its place, until the daemon takes SPA packets. */

import { type Findings, notMeasured } from '../row.ts';

export async function spa(): Promise<Findings> {
  return notMeasured('the daemon takes no SPA packets yet; SPA measures what judges them');
}
