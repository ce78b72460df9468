// The source of a feed: an iterable of the user, and its iterator once it is opened. All calls of the user's
// iterator are made here. `JobIntake` opens a source, and `Feeder` takes the items.

import { callUser } from "../data/user_call.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { DuplicateFeedError } from "../errors/job_errors.ts";
import { textOf } from "../errors/text_of.ts";

/**
 * The source of the items of `flow.feed`: an iterable, such as a list, a generator or a `ReadableStream`, or a
 * function that returns one.
 *
 * A function is called with the number of items that the job has taken so far, which is 0 unless the job was
 * begun by an earlier process, and returns the items after these. An iterable has to begin at the beginning:
 * the items that were taken are skipped.
 *
 * @example The rows of a table, from the first that was not taken
 * ```ts
 * import type { FeedSource } from "@millrace/flow";
 *
 * type Read = (from: number, limit: number) => Promise<readonly string[]>;
 *
 * const rows = (read: Read): FeedSource<string> =>
 *   async function* (taken) {
 *     for (let from = taken;;) {
 *       const page = await read(from, 100);
 *       if (page.length === 0) return;
 *       yield* page;
 *       from += page.length;
 *     }
 *   };
 * ```
 *
 * @typeParam Item The type of the items, which is that of the payloads of the slot.
 */
export type FeedSource<Item> =
  | Iterable<Item>
  | AsyncIterable<Item>
  | ((taken: number) => Iterable<Item> | AsyncIterable<Item>);

/** The next item of a source, or its end. */
export type NextItem = { readonly isLast: true } | {
  readonly isLast: false;
  readonly item: unknown;
};

/**
 * Refuses a source that is no iterable, and no function.
 *
 * @throws {InvalidOptionError} If it is neither.
 */
export function checkSource(source: unknown): void {
  if (typeof source !== "function") checkIterable(source);
}

/**
 * A source whose iterator was requested. Its `return` is called once, unless the iterator has ended or failed before.
 *
 * | state     | left by                                                                              |
 * | --------- | ------------------------------------------------------------------------------------ |
 * | open      | `next`: in a call; `close`, or the end of an asynchronous iterator: over             |
 * | in a call | the end of the call: open, or over if the iterator has ended or failed; `close`: closed |
 * | closed    | the end of the call: over                                                            |
 * | over      | none                                                                                 |
 */
export class OpenSource {
  /** The number of items that have to be skipped, as the job has taken them. */
  readonly skips: number;
  /** The source, if it can be read only once, and its iterator. */
  readonly #parts: readonly object[];
  readonly #iterator: Iteration;
  /** `true` if the source is the iterator itself, or a stream. */
  readonly #isReadOnce: boolean;
  #isCalling = false;
  #isClosed = false;
  /** `true` if the iterator needs no end: it has ended, has failed, or was closed. */
  #isOver = false;

  /**
   * Requests the iterator of a source.
   *
   * @param source The source.
   * @param taken The number of items that the job has taken so far.
   * @throws {InvalidOptionError} If the function returns no iterable, or the iterable no iterator.
   * @throws {DuplicateFeedError} If the iterator was fed before.
   */
  constructor(source: FeedSource<unknown>, taken: number) {
    const isFunction = typeof source === "function";
    const items: unknown = isFunction ? source(taken) : source;
    checkIterable(items);
    this.skips = isFunction ? 0 : taken;
    refuseUsed(items);
    this.#iterator = iterationOf(items);
    refuseUsed(this.#iterator.iterator);
    this.#isReadOnce = isReadOnce(items);
    this.#parts = [items, this.#iterator.iterator].filter(isReadOnce);
  }

  /** Marks the iterator as used, so that it cannot be fed again. */
  use(): void {
    for (const part of this.#parts) used.add(part);
  }

  /**
   * Requests the next item.
   *
   * @returns The item, or a promise of it if the source is asynchronous.
   * @throws The errors of the iterator.
   */
  next(): NextItem | Promise<NextItem> {
    const { iterator, next, isAsync } = this.#iterator;
    this.#isCalling = true;
    try {
      const result: unknown = Reflect.apply(next, iterator, []);
      return isAsync ? this.#later(result) : this.#read(result);
    } catch (thrown) {
      this.#isOver = true;
      throw thrown;
    } finally {
      this.#isCalling = false;
      if (this.#isClosed) this.#return();
    }
  }

  /** Ends the iterator. An error of it is written to the console; nothing waits for it. */
  close(): void {
    this.#isClosed = true;
    // A generator cannot be ended from within itself.
    if (!this.#isCalling) this.#return();
  }

  /** Gives back the iterator of a source that is not fed after all, as it can be used for another call then. */
  giveBack(): void {
    if (!this.#isReadOnce) return this.close();
    this.#isOver = true;
    callUser(this.#iterator.giveBack);
  }

  async #later(result: unknown): Promise<NextItem> {
    try {
      return this.#read(await result);
    } catch (thrown) {
      this.#isOver = true;
      throw thrown;
    }
  }

  #read(result: unknown): NextItem {
    if (typeof result !== "object" || result === null) {
      throw new TypeError(`its next() returned ${textOf(result)}, which is no object`);
    }
    // It has no `done`, so that it would be taken for an endless number of items.
    if (!this.#iterator.isAsync && has(result, "then")) {
      throw new TypeError("its next() returned a promise; let Symbol.asyncIterator return it");
    }
    if (Reflect.get(result, "done")) {
      this.#isOver = true;
      return { isLast: true };
    }
    return { isLast: false, item: Reflect.get(result, "value") };
  }

  #return(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    callUser(this.#iterator.end);
  }
}

/** The iterators, and the sources that can be read only once, that were fed. */
const used = new WeakSet<object>();

function refuseUsed(part: object): void {
  if (!used.has(part)) return;
  throw new DuplicateFeedError(
    "the source was fed to a job before, and an iterator can be read only once; make a new one for each call, or pass a list",
  );
}

/** Checks whether an object is an iterator, or a stream, of which each item can be read only once. */
function isReadOnce(part: object): boolean {
  return has(part, "next") || has(part, "getReader");
}

/** An iterator, with its methods, which are read once. */
interface Iteration {
  readonly iterator: object;
  readonly next: () => unknown;
  readonly isAsync: boolean;
  /** Ends the iterator before its last item. */
  readonly end: () => unknown;
  /** Releases the source, if it can be read only once and was not read. */
  readonly giveBack: () => void;
}

function iterationOf(items: object): Iteration {
  // The iterator of a stream ends only after the read in progress, which may take for ever.
  if (items instanceof ReadableStream) return readerOf(items);
  const isAsync = has(items, Symbol.asyncIterator);
  const method = isAsync ? Symbol.asyncIterator : Symbol.iterator;
  const iterator: unknown = Reflect.apply(Reflect.get(items, method), items, []);
  const next: unknown = isObject(iterator) ? Reflect.get(iterator, "next") : undefined;
  if (!isObject(iterator) || typeof next !== "function") {
    throw new InvalidOptionError("source", iterator, "an iterable whose iterator has a next()", {
      message: `source[Symbol.${isAsync ? "asyncIterator" : "iterator"}]() returned ${
        textOf(iterator)
      }, which has no next(); let it return an iterator`,
    });
  }
  const end = () => {
    const method: unknown = Reflect.get(iterator, "return");
    return typeof method === "function" ? Reflect.apply(method, iterator, []) : undefined;
  };
  return { iterator, next: next as () => unknown, isAsync, end, giveBack() {} };
}

function readerOf(stream: ReadableStream<unknown>): Iteration {
  if (stream.locked) {
    throw new DuplicateFeedError(
      "the source is a ReadableStream that is read already; feed a stream that has no other reader",
    );
  }
  const reader = stream.getReader();
  return {
    iterator: reader,
    next: reader.read,
    isAsync: true,
    end: () => reader.cancel(),
    giveBack: () => reader.releaseLock(),
  };
}

/**
 * Refuses a value that is no iterable object. Texts are iterable as well, but a text is hardly meant to be fed
 * by its characters.
 */
function checkIterable(items: unknown): asserts items is object {
  if (isObject(items) && (has(items, Symbol.asyncIterator) || has(items, Symbol.iterator))) return;
  throw new InvalidOptionError(
    "source",
    items,
    "an iterable or async iterable object, or a function that returns one",
  );
}

function has(part: object, method: PropertyKey): boolean {
  return typeof Reflect.get(part, method) === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
