/** Cells that several tables have. */

import { type Html, html } from './html.ts';
import { grouped } from './number-text.ts';
import type { Column } from './table.ts';

/** Names from outside stand apart from the text around them, whichever way they are written. */
export function name(text: string): Html {
  return html`<bdi class="name">${text}</bdi>`;
}

/** A column of counts; left out where all are 0. */
export function count<T>(head: string, of: (row: T) => number, isAtLeast?: (row: T) => boolean): Column<T> {
  const cell = (row: T) => {
    const value = of(row);
    if (value === 0) return html`<span class="zero">0</span>`;
    return html`${isAtLeast?.(row) === true ? '≥ ' : ''}${grouped(value)}`;
  };
  return { head, cell, isNumber: true, isEmpty: (row) => of(row) === 0 };
}
