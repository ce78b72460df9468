/** The least number of empty places at which the array is compacted. */
const MIN_SPENT = 1_024;
/** The least number of places that are added before the first item. */
const MIN_ROOM = 16;

/**
 * A queue in which every operation on one item takes amortized constant time. `undefined` cannot be an item.
 */
export class Fifo<Item> {
  /** The items; `undefined` where one has been taken or removed. */
  #items: (Item | undefined)[] = [];
  /** The index of the first item. */
  #head = 0;
  /** The number of places behind the first item that `remove` has emptied. */
  #removed = 0;
  /**
   * The places of each item, counted from `#base`. Created by the first `remove`, and dropped when the queue
   * is empty.
   */
  #places: Map<Item, number[]> | undefined;
  /** The number of the place at index 0, so that places keep their numbers when the array is compacted. */
  #base = 0;

  /** The number of items. */
  get size(): number {
    return this.#items.length - this.#head - this.#removed;
  }

  /** Adds an item at the end. */
  push(item: Item): void {
    if (this.#places !== undefined) this.#placesOf(item).push(this.#base + this.#items.length);
    this.#items.push(item);
  }

  /** Returns the first item without removing it. */
  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Returns the last item without removing it. */
  peekLast(): Item | undefined {
    if (this.size === 0) return undefined;
    let last = this.#items.length - 1;
    while (this.#items[last] === undefined) last--;
    return this.#items[last];
  }

  /** Removes the first item and returns it. */
  shift(): Item | undefined {
    const head = this.#head;
    // Reading beyond the end would make V8 leave its fast path for arrays.
    if (head === this.#items.length) return undefined;
    const item = this.#items[head];
    this.#items[head] = undefined;
    this.#head = head + 1;
    if (this.#places !== undefined) this.#takePlace(item as Item);
    if (this.#removed > 0) this.#passRemoved();
    if (this.#head === this.#items.length) {
      // An array of one place is reused, as a queue of one item is the common case.
      if (this.#head === 1) this.#items.pop();
      else this.#items = [];
      this.#head = 0;
      this.#places = undefined;
    } else if (this.#head >= MIN_SPENT && this.#head * 2 >= this.#items.length) {
      // Half the array is empty: copying the other half costs less than one step per item shifted.
      this.#items = this.#items.slice(this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
    return item;
  }

  /** Adds an item at the front. */
  unshift(item: Item): void {
    // Grows by a part of the length, so that the next items have room as well.
    if (this.#head === 0) this.#addRoom(Math.max(MIN_ROOM, this.#items.length >> 2));
    this.#items[--this.#head] = item;
    if (this.#places !== undefined) this.#placesOf(item).unshift(this.#base + this.#head);
  }

  /** Removes all items. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#removed = 0;
    this.#places = undefined;
  }

  /** Removes the first occurrence of an item; returns `false` if the queue does not contain it. */
  remove(item: Item): boolean {
    if (this.size === 0) return false;
    this.#places ??= this.#findPlaces();
    const place = this.#takePlace(item);
    if (place === undefined) return false;
    if (this.size === 1) {
      this.clear();
      return true;
    }
    this.#items[place - this.#base] = undefined;
    this.#removed++;
    this.#passRemoved();
    if (this.#removed >= MIN_SPENT && this.#removed * 2 >= this.#items.length) {
      const left = this.list();
      this.clear();
      this.#items = left;
    }
    return true;
  }

  /** Returns the items, first to last, without removing them. */
  list(): Item[] {
    const items = this.#items.slice(this.#head);
    return (this.#removed === 0 ? items : items.filter((item) => item !== undefined)) as Item[];
  }

  /** Iterates over the items, first to last. The queue must not change meanwhile. */
  *[Symbol.iterator](): Generator<Item, void> {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item !== undefined) yield item;
    }
  }

  /** Removes all items and returns them, first to last. */
  drain(): Item[] {
    const items = this.list();
    this.clear();
    return items;
  }

  /** Moves the head past removed places, to the first item. */
  #passRemoved(): void {
    while (this.#removed > 0 && this.#items[this.#head] === undefined) {
      this.#head++;
      this.#removed--;
    }
  }

  #addRoom(places: number): void {
    this.#items = new Array<Item | undefined>(places).fill(undefined).concat(this.#items);
    this.#head += places;
    this.#base -= places;
  }

  #findPlaces(): Map<Item, number[]> {
    this.#places = new Map();
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item !== undefined) this.#placesOf(item).push(this.#base + i);
    }
    return this.#places;
  }

  #placesOf(item: Item): number[] {
    const places = this.#places as Map<Item, number[]>;
    let own = places.get(item);
    if (own === undefined) places.set(item, own = []);
    return own;
  }

  /** Forgets the first place of an item. */
  #takePlace(item: Item): number | undefined {
    const places = this.#places?.get(item);
    const place = places?.shift();
    if (places?.length === 0) this.#places?.delete(item);
    return place;
  }
}
