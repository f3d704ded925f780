/** Tables: a caption, headers with their scope, numbers to the right. The first rows are shown, the rest unfolds. */

import { type Html, html, NOTHING } from './html.ts';
import { grouped } from './number-text.ts';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Html;
  readonly isNumber?: true;
  /** Left out where no row has one: what its text would be for nothing. */
  readonly isEmpty?: (row: T) => boolean;
}

export interface TableSpec<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** Rows before the fold. */
  readonly most?: number;
  /** What the rows are, for the fold: several of them. */
  readonly nouns: string;
}

const MOST = 12;

export function table<T>(spec: TableSpec<T>): Html {
  const { caption, columns, rows, most = MOST, nouns } = spec;
  if (rows.length === 0) return NOTHING;
  const used = columns.filter(({ isEmpty }) => isEmpty === undefined || !rows.every(isEmpty));
  // A fold of a single row takes more room than the row.
  const shown = rows.length <= most + 1 ? rows : rows.slice(0, most);
  const folded = rows.slice(shown.length);
  const first = tableOf(caption, used, shown);
  if (folded.length === 0) return first;
  return html`${first}<details><summary>${grouped(folded.length)} more ${nouns}</summary>${tableOf(`${caption}, continued`, used, folded)}</details>`;
}

function tableOf<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): Html {
  const heads = columns.map(({ head, isNumber }) => html`<th scope="col"${classOf(isNumber)}>${head}</th>`);
  const lines = rows.map((row) => {
    const cells = columns.map(({ cell, isNumber }, at) =>
      at === 0 ? html`<th scope="row">${cell(row)}</th>` : html`<td${classOf(isNumber)}>${cell(row)}</td>`,
    );
    return html`<tr>${cells}</tr>`;
  });
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

function classOf(isNumber: true | undefined): Html {
  return isNumber === true ? html` class="number"` : NOTHING;
}
