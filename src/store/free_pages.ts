import type { DatabaseSync, StatementSync } from "node:sqlite";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";

/** Number of free pages that are left to be used again. */
const LEFT = 1_024;

/** So many pages are given back at a time, which takes a few milliseconds. */
const STEP = 512;

/** Milliseconds between two steps. */
const PAUSE = 10;

/** So many pages at most are given back as the file is closed, which takes about a second. */
const LAST = 32_768;

/** Gives the free pages of a store's file back to the file system, some at a time. */
export class FreePages {
  readonly #db: DatabaseSync;
  readonly #write: (work: () => void) => void;
  readonly #free: StatementSync;
  readonly #all: StatementSync;
  #timer: TimerId | undefined;

  /**
   * @param db The file.
   * @param write Does what writes the file.
   */
  constructor(db: DatabaseSync, write: (work: () => void) => void) {
    this.#db = db;
    this.#write = write;
    this.#free = db.prepare("SELECT freelist_count AS pages FROM pragma_freelist_count");
    this.#all = db.prepare("SELECT page_count AS pages FROM pragma_page_count");
  }

  /** Begins to give back what is free, if that is more than a quarter of the file. */
  look(): void {
    if (this.#timer !== undefined || !this.#isMuch()) return;
    this.#timer = after(PAUSE, () => {
      this.#timer = undefined;
      try {
        this.#write(() => this.#giveBack(STEP));
        this.look();
      } catch {
        // The pages are used again, and are looked at again when something is let go of next.
      }
    });
    unrefTimer(this.#timer);
  }

  /** Gives back what is free still, as the file is about to be closed. */
  close(): void {
    clearTimer(this.#timer);
    try {
      if (this.#isMuch()) this.#write(() => this.#giveBack(LAST));
    } catch {
      // It is looked at again when the file is opened next.
    }
  }

  #isMuch(): boolean {
    const free = pagesOf(this.#free);
    return free > LEFT && free * 4 >= pagesOf(this.#all);
  }

  #giveBack(pages: number): void {
    const count = Math.min(pages, pagesOf(this.#free) - LEFT / 2);
    // A row for each page: by `exec`, which reads the first row only, it would be one page.
    this.#db.prepare(`PRAGMA incremental_vacuum(${count})`).all();
  }
}

function pagesOf(statement: StatementSync): number {
  return Number(statement.get()?.pages);
}
