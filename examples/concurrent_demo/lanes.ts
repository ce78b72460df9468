/** An item in its place on a lane. */
export interface Placed<Item> {
  /** What is placed. */
  readonly item: Item;
  /** Its first cell. */
  readonly from: number;
  /** The cell after its last. */
  readonly to: number;
}

/**
 * Spreads items over as few lanes as it takes for none to cover another.
 *
 * @param items The items, by their start.
 * @param range The cells that an item takes.
 */
export function lanes<Item>(
  items: readonly Item[],
  range: (item: Item) => readonly [from: number, to: number],
): Placed<Item>[][] {
  const lanes: Placed<Item>[][] = [];
  for (const item of items) {
    const [from, to] = range(item);
    const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= from);
    if (free === undefined) lanes.push([{ item, from, to }]);
    else free.push({ item, from, to });
  }
  return lanes.length > 0 ? lanes : [[]];
}
