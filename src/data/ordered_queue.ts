// A queue in the order of numbers, such as tickets or times. `RoutineLimits` parks activations in it, `Line` holds those
// that were called, and `IdleGates` the gates that are to be removed.

/** A queue of items in the order of their numbers, in which every operation takes at most logarithmic time. */
export class OrderedQueue<Item> {
  readonly #numberOf: (item: Item) => number;
  /** A binary heap, with the first entry on top. */
  #heap: Entry<Item>[] = [];
  /** The entries of the items. Created by the first `remove`, and dropped when the queue is empty. */
  #entries: Map<Item, Entry<Item>> | undefined;
  /** The number of entries that `remove` has emptied. */
  #removed = 0;
  #pushed = 0;
  #unshifted = 0;

  /** @param numberOf Returns the number of an item, when it is added. */
  constructor(numberOf: (item: Item) => number) {
    this.#numberOf = numberOf;
  }

  /** The number of items. */
  get size(): number {
    return this.#heap.length - this.#removed;
  }

  /** Adds an item, which must not be in the queue, behind those with its number. */
  push(item: Item): void {
    this.#add({ item, number: this.#numberOf(item), place: ++this.#pushed });
  }

  /** Adds an item, which must not be in the queue, before those with its number. */
  unshift(item: Item): void {
    this.#add({ item, number: this.#numberOf(item), place: --this.#unshifted });
  }

  /** Returns the number of the first item without removing it; `undefined` if there is none. */
  get first(): number | undefined {
    this.#dropRemoved();
    return this.#heap[0]?.number;
  }

  /** Removes the first item and returns it. */
  shift(): Item | undefined {
    this.#dropRemoved();
    const item = this.#heap[0]?.item;
    if (item === undefined) return undefined;
    this.#dropFirst();
    this.#entries?.delete(item);
    if (this.#heap.length === 0) this.clear();
    return item;
  }

  /** Removes an item; returns `false` if the queue does not contain it. */
  remove(item: Item): boolean {
    if (this.size === 0) return false;
    const entries = this.#entries ??= this.#findEntries();
    const entry = entries.get(item);
    if (entry === undefined) return false;
    entries.delete(item);
    entry.item = undefined;
    this.#removed++;
    if (this.size === 0) this.clear();
    // An ordered list is a heap.
    else if (this.#removed * 2 > this.#heap.length) {
      this.#heap = this.#sorted();
      this.#removed = 0;
    }
    return true;
  }

  /** Returns the items, first to last, without removing them. */
  list(): Item[] {
    return this.#sorted().map(({ item }) => item as Item);
  }

  /** Removes all items. */
  clear(): void {
    this.#heap = [];
    this.#entries = undefined;
    this.#removed = 0;
  }

  /** Removes all items and returns them, first to last. */
  drain(): Item[] {
    const items = this.list();
    this.clear();
    return items;
  }

  #add(entry: Entry<Item> & { readonly item: Item }): void {
    this.#heap.push(entry);
    this.#entries?.set(entry.item, entry);
    this.#rise(entry);
  }

  #sorted(): Entry<Item>[] {
    return this.#heap.filter(({ item }) => item !== undefined)
      .sort((one, other) => isBefore(one, other) ? -1 : 1);
  }

  #findEntries(): Map<Item, Entry<Item>> {
    return new Map(this.#heap.map((entry) => [entry.item as Item, entry]));
  }

  /** Drops the entries at the front that `remove` has emptied. */
  #dropRemoved(): void {
    while (this.#removed > 0 && this.#heap[0]?.item === undefined) {
      this.#dropFirst();
      this.#removed--;
    }
  }

  #dropFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  /** Moves the last entry up to its place. */
  #rise(entry: Entry<Item>): void {
    const heap = this.#heap;
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry<Item>;
      if (!isBefore(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Puts an entry at the top, and moves it down to its place. */
  #sink(entry: Entry<Item>): void {
    const heap = this.#heap;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry<Item>)) child++;
      const below = heap[child] as Entry<Item>;
      if (isBefore(entry, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = entry;
  }
}

interface Entry<Item> {
  /** `undefined` once it was removed. */
  item: Item | undefined;
  readonly number: number;
  /** Its place among those with its number. */
  readonly place: number;
}

function isBefore<Item>(one: Entry<Item>, other: Entry<Item>): boolean {
  return one.number < other.number || one.number === other.number && one.place < other.place;
}
