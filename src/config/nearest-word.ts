/** The known word that a mistyped one probably meant. */

/** No key is longer, and nobody mistypes more; also bounds the work. */
const MAX_LENGTH = 40;

/** The first of `words` with the fewest edits, case ignored; undefined when none is near. */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let fewest = Math.min(3, Math.ceil(text.length / 3)) + 1;
  for (const word of words) {
    const edits = editsBetween(text.toLowerCase(), word.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = word;
    }
  }
  return best;
}

/** Levenshtein distance, row by row. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
