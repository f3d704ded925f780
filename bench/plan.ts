/** What the bench knows of a row before it is measured. */

import type { Program } from './programs.ts';
import type { Findings } from './row.ts';
import type { Yard } from './yard.ts';

export interface Plan {
  readonly id: string;
  readonly title: string;
  /** On two cores; for the progress only. */
  readonly aboutSeconds: number;
  /** Without these nothing of the row can be measured. */
  readonly needs: readonly Program[];
  readonly measure: (yard: Yard, stage: Stage) => Promise<Findings>;
}

/** What a row is told, and where it tells how far it is. */
export interface Stage {
  /** All rounds, however long: `--full`. */
  readonly full: boolean;
  readonly tell: (step: string) => void;
}
