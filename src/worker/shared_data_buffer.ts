// The writes of one attempt to the shared data, and the values that it has read. Used by `RunningActivation`.

import { copyPayload } from "../data/faithful_copy.ts";
import type { Found } from "../routine/found.ts";
import type { DataWrite } from "../routine/effects.ts";

/**
 * The writes of one activation to the shared data, until they are committed. Updates wait for the committed
 * values, which are passed to `resolve` once the host has locked their keys.
 */
export class SharedDataBuffer {
  readonly #pending = new Map<string, Pending>();
  readonly #isChecked: boolean;
  readonly #call: Call;

  /**
   * Creates an empty buffer.
   *
   * @param isChecked `true` to refuse values with parts that structured clone would lose.
   * @param call Calls the functions of updates.
   */
  constructor(isChecked: boolean, call: Call) {
    this.#isChecked = isChecked;
    this.#call = call;
  }

  /** The keys whose committed values are needed before the writes can be committed. */
  get unresolved(): string[] {
    const keys: string[] = [];
    for (const [key, pending] of this.#pending) if ("changes" in pending) keys.push(key);
    return keys;
  }

  /** The keys of the updates that are not resolved, one for each update. */
  get unresolvedUpdates(): string[] {
    const keys: string[] = [];
    for (const [key, pending] of this.#pending) {
      if ("changes" in pending) { for (const _ of pending.changes) keys.push(key); }
    }
    return keys;
  }

  /** Sets a value. The copy must not be shared with other code. */
  set(key: string, copy: unknown): void {
    this.#pending.set(key, { known: { found: true, value: copy } });
  }

  delete(key: string): void {
    this.#pending.set(key, { known: { found: false } });
  }

  update(key: string, change: Change): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) this.#pending.set(key, { changes: [change] });
    else if ("changes" in pending) pending.changes.push(change);
    else this.#pending.set(key, { known: this.#changed(key, pending.known, [change], "made") });
  }

  /**
   * Checks whether a key has a value because of this activation; `undefined` if the activation did not write
   * it.
   */
  has(key: string): boolean | undefined {
    const pending = this.#pending.get(key);
    if (pending === undefined) return undefined;
    return "changes" in pending || pending.known.found;
  }

  /**
   * Returns a copy of the value, including the writes of this activation. `read` returns the committed value.
   */
  async get(key: string, read: () => Promise<Found>): Promise<unknown> {
    const pending = this.#pending.get(key);
    if (pending !== undefined && "known" in pending) {
      return this.#copy(key, pending.known.value);
    }
    const committed = await read();
    // The committed value was copied for this activation, but changes since the call of `read` must be
    // included.
    const now = this.#pending.get(key);
    if (now === undefined) return committed.value;
    const seen = "known" in now ? now.known : this.#changed(key, committed, now.changes, "tried");
    return this.#copy(key, seen.value);
  }

  /** Returns the keys, including the writes of this activation. */
  keys(committed: readonly string[]): string[] {
    const keys = new Set(committed);
    for (const key of this.#pending.keys()) {
      if (this.has(key)) keys.add(key);
      else keys.delete(key);
    }
    return [...keys].sort();
  }

  /** Applies the updates to the committed values, by key. */
  resolve(committed: ReadonlyMap<string, Found>): void {
    for (const [key, value] of committed) {
      const pending = this.#pending.get(key);
      if (pending === undefined || "known" in pending) continue;
      this.#pending.set(key, { known: this.#changed(key, value, pending.changes, "made") });
    }
  }

  /** Removes the resolved writes and returns them, for a commit. */
  take(): DataWrite[] {
    const writes: DataWrite[] = [];
    for (const [key, pending] of this.#pending) {
      if ("changes" in pending) continue;
      const { found, value } = pending.known;
      writes.push(found ? { key, value } : { key, deleted: true });
      this.#pending.delete(key);
    }
    return writes;
  }

  #changed(
    key: string,
    { value }: Found,
    changes: readonly Change[],
    how: "made" | "tried",
  ): Found {
    let next = value;
    for (const change of changes) next = this.#copy(key, this.#call(change, next, how));
    return { found: true, value: next };
  }

  #copy(key: string, value: unknown): unknown {
    return copyPayload(value, `sharedData.${key}`, this.#isChecked);
  }
}

/** The function of an update. */
export type Change = (value: unknown) => unknown;

/** Calls the function of an update, to commit its value or only to compute it. */
type Call = (change: Change, value: unknown, how: "made" | "tried") => unknown;

/**
 * The changes of an activation to one key: the resulting value if it is known, else the functions of the
 * updates.
 */
type Pending = { readonly known: Found } | { readonly changes: Change[] };
