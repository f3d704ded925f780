/** Sides of a comparison in turn (A B A B …): what disturbs the machine for a while disturbs them all. */

export async function inTurn<Side extends string | number, Value>(
  rounds: number,
  sides: readonly Side[],
  measure: (side: Side, round: number) => Promise<Value>,
): Promise<Map<Side, Value[]>> {
  const values = new Map<Side, Value[]>(sides.map((side) => [side, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) values.get(side)?.push(await measure(side, round));
  }
  return values;
}
