/** The fewest emptied places for which the rest is moved together. */
const MIN_SPENT = 1_024;
/** The fewest places that are added before the first. */
const MIN_ROOM = 16;

/**
 * A queue of which every operation on one item takes the same time however long the queue is, over many
 * of them. `undefined` is no item.
 */
export class Fifo<Item> {
  /** The items; `undefined` where one has been taken or removed. */
  #items: (Item | undefined)[] = [];
  /** Where the first item is. */
  #head = 0;
  /** Number of places behind the first item that `remove` has emptied. */
  #removed = 0;
  /** The places of each item, counted from `#base`: made by the first `remove`, until it is empty. */
  #places: Map<Item, number[]> | undefined;
  /** The number of the first place, so that a place keeps its number when others go. */
  #base = 0;

  /** Number of items. */
  get size(): number {
    return this.#items.length - this.#head - this.#removed;
  }

  /** Adds an item at the end. */
  push(item: Item): void {
    if (this.#places !== undefined) this.#placesOf(item).push(this.#base + this.#items.length);
    this.#items.push(item);
  }

  /** The first item, which stays. */
  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Takes the first item. */
  shift(): Item | undefined {
    const head = this.#head;
    // Reading beyond the end would make the engine give up its fast path.
    if (head === this.#items.length) return undefined;
    const item = this.#items[head];
    this.#items[head] = undefined;
    this.#head = head + 1;
    if (this.#places !== undefined) this.#takePlace(item as Item);
    if (this.#removed > 0) this.#passRemoved();
    if (this.#head === this.#items.length) {
      // The array is kept where it is small: a queue of one is the common case.
      if (this.#head === 1) this.#items.pop();
      else this.#items = [];
      this.#head = 0;
      this.#places = undefined;
    } else if (this.#head >= MIN_SPENT && this.#head * 2 >= this.#items.length) {
      // Half the array is spent: copying the other half costs less than one step per item shifted.
      this.#items = this.#items.slice(this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
    return item;
  }

  /** Puts an item before the first. */
  unshift(item: Item): void {
    // A part of the length, so that the next has room as well.
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

  /** Removes an item wherever it stands, the first if it is there several times; false if it is not. */
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

  /** The items, first to last; they stay. */
  list(): Item[] {
    const items = this.#items.slice(this.#head);
    return (this.#removed === 0 ? items : items.filter((item) => item !== undefined)) as Item[];
  }

  /** The items, first to last; they stay, and the queue is not to change meanwhile. */
  *[Symbol.iterator](): Generator<Item, void> {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item !== undefined) yield item;
    }
  }

  /** Takes all items. */
  drain(): Item[] {
    const items = this.list();
    this.clear();
    return items;
  }

  /** Lets the first place be that of an item. */
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
