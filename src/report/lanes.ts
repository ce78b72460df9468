/**
 * Distributes items over the minimum number of lanes in which they do not overlap.
 *
 * @param items The items, sorted by start.
 * @param range Returns the cells that an item takes.
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

/** An item in its place on a lane. */
export interface Placed<Item> {
  /** The item. */
  readonly item: Item;
  /** Its first cell. */
  readonly from: number;
  /** The cell after its last. */
  readonly to: number;
}
