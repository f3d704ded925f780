/** The rows of a column of the screen, shared among its panes. */

export interface Wish {
  /** Kept free for it, even while it has less to show: so that panes do not jump about. */
  readonly least: number;
  /** What it has to show. */
  readonly wanted: number;
}

/** Gives each its rows, the first ones first where they are few. What nobody wants the last one gets. */
export function shareRows(rows: number, wishes: readonly Wish[]): readonly number[] {
  const given = wishes.map(() => 0);
  let left = Math.max(0, rows);
  const deal = (most: (wish: Wish) => number) => {
    for (let wasGiven = true; wasGiven && left > 0; ) {
      wasGiven = false;
      for (const [at, wish] of wishes.entries()) {
        if (left === 0 || given[at]! >= most(wish)) continue;
        given[at]!++;
        left--;
        wasGiven = true;
      }
    }
  };
  deal(() => 1);
  deal(({ least }) => least);
  deal(({ wanted }) => wanted);
  if (given.length > 0) given[given.length - 1]! += left;
  return given;
}
