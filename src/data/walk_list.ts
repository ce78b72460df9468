/** The number of gaps up to which a list is walked through by its indices. */
const FEW_GAPS = 1_024;
/** The number of gaps that are allowed in addition for each item. */
const GAPS_PER_ITEM = 8;

/**
 * Walks through the items of a list and the gaps between them, not through fields that were added to it.
 * A list with a single item at a large index can have billions of gaps. A list that consists mostly of gaps
 * is therefore walked through by its own keys; any other list by its indices, as creating a string for each
 * key takes far longer than reading an item.
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
  /** A sequence of indices without items; `length` is their number. */
  gap?(length: number): void;
}

/** Continues a walk by the own keys of the list. There are no items from `next` up to `from`. */
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
