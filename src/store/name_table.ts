/** Numbers names in the order in which they are first seen, from 0. */
export class NameTable {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of names. */
  get size(): number {
    return this.#names.length;
  }

  /** Returns the number of a name. */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** Returns the name with a number. */
  nameOf(number: number): string {
    return this.#names[number]!;
  }
}
