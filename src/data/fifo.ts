/** A queue with constant-time `push` and `shift`, however long it grows. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  /** How many items are waiting. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item at the end. */
  push(item: Item): void {
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
    if (this.#head === this.#items.length) {
      // The array is kept where it is small: a queue of one is the common case.
      if (this.#head === 1) this.#items.pop();
      else this.#items = [];
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) {
      // Half the array is spent: copying the other half costs less than one step per item shifted.
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The item at a place from the first, which stays. */
  at(index: number): Item | undefined {
    return this.#items[this.#head + index];
  }

  /** Puts an item before the first. */
  unshift(item: Item): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  /** Removes all items. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  /** Removes an item wherever it stands; false if it is not there. */
  remove(item: Item): boolean {
    const index = this.#items.indexOf(item, this.#head);
    if (index < 0) return false;
    this.#items.splice(index, 1);
    return true;
  }

  /** The items, first to last; they stay. */
  list(): Item[] {
    return this.#items.slice(this.#head) as Item[];
  }

  /** Takes all items. */
  drain(): Item[] {
    const items = this.list();
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
