/** Durations as configurations and command lines write them: `30`, `2.5`, `100ms`, `30s`, `10m`, `2h`, `1d`. */

/** Longer than any clock counts, as a duration and as a moment: no end. */
export const FOREVER_MS = Number.MAX_SAFE_INTEGER;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or undefined when the text is no duration. A number without a unit is in `defaultUnit`. */
export function parseDurationMs(text: string, defaultUnit: 'ms' | 's'): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const unitMs = UNIT_MS[(match[2] ?? defaultUnit).toLowerCase()] ?? 1;
  const ms = Math.round(Number(match[1]) * unitMs);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
