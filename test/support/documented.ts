/** The tables of exit statuses and of JSON fields in the manual pages, and how what programs do is held to them. */

import assert from 'node:assert/strict';
import { sectionOf, sourceOf } from './manual-page.ts';

/** Commands whose section stands in this chapter have its table where they have none of their own. */
const ASKING = 'Commands that ask the daemon';

/** @param title of the command's section: `postern check`. @returns in the order of the table */
export function documentedStatuses(page: string, title: string): readonly number[] {
  const text = sourceOf(page);
  const own = statusRows(sectionOf(text, title) ?? assert.fail(`${page} has no section '${title}'`));
  if (own.length > 0) return own;
  const chapter = sectionOf(text, ASKING) ?? '';
  assert.ok(sectionOf(chapter, title) !== undefined, `'${title}' in ${page} tells no exit status`);
  return statusRows(chapter.split('\n### ')[0] ?? '');
}

/** Rows below `| status | meaning |`: 0 and on. */
function statusRows(section: string): readonly number[] {
  const [, table = ''] = section.split(/^\| status .*$/m);
  const [rows = ''] = table.split('\n\n');
  return [...rows.matchAll(/^\| (\d+) /gm)].map(([, status]) => Number(status));
}

interface Field {
  readonly types: readonly string[];
  readonly isOptional: boolean;
}

/**
 * Each value has the fields that the section's table names and no others, of the types that it names; and each of these
 * fields is in one of the values at least.
 * @param title of a section of postern-json(5)
 * @param unseen fields that these values need not have had
 */
export function assertDocumented(
  title: string,
  values: readonly unknown[],
  unseen: readonly string[] = [],
): void {
  const fields = documentedFields(title);
  const seen = new Set<string>();
  for (const value of values) {
    const found = leavesOf(value, fields);
    for (const [path, types] of found) {
      const field = fields.get(path);
      assert.ok(field !== undefined, `'${path}' of ${title} is not in postern-json.5.md`);
      for (const type of types) {
        assert.ok(field.types.includes(type), `'${path}' of ${title} is ${type}, told as ${field.types}`);
      }
      seen.add(path);
    }
    for (const [path, { isOptional }] of fields) {
      const isInList = path.includes('[]') || path.includes('*');
      assert.ok(
        isOptional || isInList || found.has(path),
        `${title} lacks '${path}': ${JSON.stringify(value)}`,
      );
    }
  }
  assert.deepEqual(
    [...fields.keys()].filter((path) => !seen.has(path) && !unseen.includes(path)),
    [],
    `fields of ${title} that no output has had`,
  );
}

function documentedFields(title: string): ReadonlyMap<string, Field> {
  const section = sectionOf(sourceOf('postern-json.5'), title);
  assert.ok(section !== undefined, `postern-json.5.md has no section '${title}'`);
  const rows = [...section.matchAll(/^\| `([^`]+)` +\|.*\| ([^|]+?) +\|$/gm)];
  assert.ok(rows.length > 0, title);
  return new Map(
    rows.map(([, path = '', type = '']) => [
      path,
      { types: type.replace(/\?$/, '').split(' or '), isOptional: type.endsWith('?') },
    ]),
  );
}

/** Paths such as `doors[].name` with the types of what is there. @param known tells which objects have keys that vary */
function leavesOf(
  value: unknown,
  known: ReadonlyMap<string, Field>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const leaves = new Map<string, Set<string>>();
  const visit = (each: unknown, path: string): void => {
    if (Array.isArray(each)) {
      for (const item of each) visit(item, `${path}[]`);
    } else if (typeof each === 'object' && each !== null) {
      const varies = known.has(path === '' ? '*' : `${path}.*`);
      for (const [key, item] of Object.entries(each)) {
        const name = varies ? '*' : key;
        visit(item, path === '' ? name : `${path}.${name}`);
      }
    } else leaves.set(path, (leaves.get(path) ?? new Set()).add(typeOf(each)));
  };
  visit(value, '');
  return leaves;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return typeof value;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? 'time' : 'text';
}
