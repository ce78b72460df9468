import type { DatabaseSync, StatementSync } from "node:sqlite";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";

/** The number of free pages up to which none are given back. */
const LEFT = 1_024;

/** The number of pages that are given back in one step, which takes a few milliseconds. */
const STEP = 512;

/** The pause between two steps, in milliseconds. */
const PAUSE = 10;

/** The maximum number of pages that are given back when the file is closed, which takes about a second. */
const LAST = 32_768;

/** Gives the free pages of a store's file back to the file system, in steps. */
export class FreePages {
  readonly #db: DatabaseSync;
  readonly #write: (work: () => void) => void;
  readonly #free: StatementSync;
  readonly #all: StatementSync;
  #timer: TimerId | undefined;

  /**
   * @param db The database.
   * @param write Calls a function that writes the file.
   */
  constructor(db: DatabaseSync, write: (work: () => void) => void) {
    this.#db = db;
    this.#write = write;
    this.#free = db.prepare("SELECT freelist_count AS pages FROM pragma_freelist_count");
    this.#all = db.prepare("SELECT page_count AS pages FROM pragma_page_count");
  }

  /** Starts giving back free pages, if they make up at least a quarter of the file. */
  look(): void {
    if (this.#timer !== undefined || !this.#isMuch()) return;
    this.#timer = after(PAUSE, () => {
      this.#timer = undefined;
      try {
        this.#write(() => this.#giveBack(STEP));
        this.look();
      } catch {
        // The pages stay reusable, and are checked again after the next deletion.
      }
    });
    unrefTimer(this.#timer);
  }

  /** Gives back the remaining free pages before the file is closed. */
  close(): void {
    clearTimer(this.#timer);
    try {
      if (this.#isMuch()) this.#write(() => this.#giveBack(LAST));
    } catch {
      // The pages are checked again when the file is next opened.
    }
  }

  #isMuch(): boolean {
    const free = pagesOf(this.#free);
    return free > LEFT && free * 4 >= pagesOf(this.#all);
  }

  #giveBack(pages: number): void {
    const count = Math.min(pages, pagesOf(this.#free) - LEFT / 2);
    // Executed with `all`, as the pragma frees one page per row that is read, and `exec` reads only the first
    // row.
    this.#db.prepare(`PRAGMA incremental_vacuum(${count})`).all();
  }
}

function pagesOf(statement: StatementSync): number {
  return Number(statement.get()?.pages);
}
