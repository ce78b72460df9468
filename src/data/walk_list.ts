/** Lists with no more gaps than this are walked through index by index. */
const FEW_GAPS = 1_024;
/** And those with no more gaps than this for each item. */
const GAPS_PER_ITEM = 8;

/**
 * Walks through the items of a list and the gaps between them, not through fields that were added to it.
 * The length of a list says nothing of what it holds: one to which a single item was assigned by a large
 * index has thousands of millions of gaps. So a list that turns out to be mostly gaps is walked through by
 * its own keys; any other by its indices, as a text for each would cost far more than the item.
 *
 * @returns `true` if an item ended the walk.
 */
export function walkList(list: readonly unknown[], visitor: ListVisitor): boolean {
  const { length } = list;
  let gaps = 0;
  let next = 0;
  for (let i = 0; i < length; i++) {
    const item = list[i];
    if (item === undefined && !Object.hasOwn(list, i)) {
      if (++gaps > FEW_GAPS + GAPS_PER_ITEM * (i - gaps)) return walkKeys(list, next, i, visitor);
      continue;
    }
    if (next < i) visitor.gap?.(i - next);
    next = i + 1;
    if (visitor.item(item, i) === true) return true;
  }
  if (next < length) visitor.gap?.(length - next);
  return false;
}

/** The callbacks of a walk, called in the order of the indices. */
export interface ListVisitor {
  /** An item; `true` ends the walk. */
  item(item: unknown, index: number): boolean | void;
  /** Indices that have no item, as many as follow each other. */
  gap?(length: number): void;
}

/** Goes on by own keys: after the item before `next`, and the gaps up to `from`. */
function walkKeys(
  list: readonly unknown[],
  next: number,
  from: number,
  visitor: ListVisitor,
): boolean {
  const { length } = list;
  // Indices come first, in their order.
  for (const key of Object.keys(list)) {
    const index = Number(key);
    if (index < from) continue;
    if (!(index < length) || String(index >>> 0) !== key) break;
    if (next < index) visitor.gap?.(index - next);
    next = index + 1;
    if (visitor.item(list[index], index) === true) return true;
  }
  if (next < length) visitor.gap?.(length - next);
  return false;
}
