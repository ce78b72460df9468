// Counts the effects of an attempt, so that its flushes can report the committed ones. An activation uses a
// ledger from its first flush on.

import { digestOf, lessened, mixed, summed, textDigest } from "../data/digest.ts";
import { decodeEmit, type PackedEmit } from "../wire/packed_effects.ts";
import type { Checkpoint, Committed, EffectCounts } from "../routine/committed.ts";

/** Counts the effects of an attempt, in the order in which its handler causes them. */
export class EffectLedger {
  #emits: number;
  #writes: number;
  #logEntries: number;
  #emitted: number;
  #written: number;
  readonly #first: number[];
  #state: Mark | undefined;
  readonly #keys: Map<string, Mark>;
  /** The keys that were written first. */
  readonly #firstKeys: Set<string>;
  /** The positions of the calls of `update`, as their functions are called later. */
  readonly #updates = new WeakMap<Write, Mark["at"]>();

  /**
   * @param committed The effects that earlier attempts have committed, if this attempt goes on from there.
   * @param at The counts from which to go on.
   */
  constructor(committed?: Committed, at: EffectCounts = NO_COUNTS) {
    this.#emits = at.emits;
    this.#writes = at.writes;
    this.#logEntries = at.logEntries;
    this.#emitted = at.emitted;
    this.#written = at.written;
    this.#first = [...committed?.first ?? []];
    this.#state = committed?.state && markOf(committed.state);
    this.#keys = new Map(committed?.keys?.map(([key, mark]) => [key, markOf(mark)]));
    this.#firstKeys = new Set([...this.#keys.keys()].slice(0, FIRST_KEYS));
  }

  get emits(): number {
    return this.#emits;
  }

  get writes(): number {
    return this.#writes;
  }

  get logEntries(): number {
    return this.#logEntries;
  }

  get emitted(): number {
    return this.#emitted;
  }

  get written(): number {
    return this.#written;
  }

  /** Counts an emit. */
  emit(digest: number): void {
    const index = this.#emits++;
    if (this.#state !== undefined) follow(this.#state, index, this.#emitted, digest);
    for (const mark of this.#keys.values()) follow(mark, index, this.#emitted, digest);
    if (index === this.#first.length && index < MOST_DIGESTS) this.#first.push(digest);
    this.#emitted = mixed(this.#emitted, digest);
  }

  /**
   * Counts a write.
   *
   * @param write The write.
   * @param emits The number of emits before it, including those that are not counted yet.
   * @param logEntries The number of log entries before it.
   */
  write(write: Write, emits = this.#emits, logEntries = this.#logEntries): void {
    this.#writes++;
    this.#written = summed(this.#written, writeDigest(write));
    const at = { emits, logEntries, writes: this.#writes, written: this.#written };
    if (write.kind === "update") this.#updates.set(write, at);
    this.#mark(write, at);
  }

  /** Records a write by the function of an update, at the position of the call of `update`. */
  part(write: Write, update: Write): void {
    const at = this.#updates.get(update);
    if (at !== undefined) this.#mark(write, at);
  }

  /** Counts log entries. */
  log(entries = 1): void {
    this.#logEntries += entries;
  }

  /**
   * Returns the committed effects, once all counted effects are committed.
   *
   * @param before The effects that earlier attempts have committed. This attempt may not have repeated all of
   * them yet.
   * @param left The keys of updates that were counted, but wait for the next flush.
   */
  committed(before: Committed | undefined, left: readonly string[]): Committed {
    const writes = {
      writes: this.#writes - left.length,
      written: left.reduce((sum, key) => lessened(sum, writeDigest(updateOf(key))), this.#written),
    };
    const mostEmits = before !== undefined && before.emits > this.#emits ? before : this;
    const mostWrites = before !== undefined && before.writes > writes.writes ? before : writes;
    const isRerun = before?.isRerun && (mostEmits === before || mostWrites === before);
    const state = later(before?.state, this.#state && this.#checkpoint(this.#state));
    const keys = new Map(before?.keys);
    for (const [key, mark] of this.#keys) {
      const checkpoint = later(keys.get(key), this.#checkpoint(mark));
      if (!this.#firstKeys.has(key)) keys.delete(key);
      if (checkpoint !== undefined) keys.set(key, checkpoint);
    }
    return {
      emits: mostEmits.emits,
      writes: mostWrites.writes,
      logEntries: Math.max(before?.logEntries ?? 0, this.#logEntries),
      emitted: mostEmits.emitted,
      written: mostWrites.written,
      first: mostEmits === before ? before.first : [...this.#first],
      ...isRerun && { isRerun },
      ...state !== undefined && { state },
      ...keys.size > 0 && { keys: listed([...keys]) },
    };
  }

  #mark(write: Write, at: Mark["at"]): void {
    const { kind, key } = write;
    if (kind === "patch") this.#state = markAt(at, write, this.#state);
    if (key === undefined) return;
    const before = this.#keys.get(key);
    // The position of a key among the keys written first does not change.
    if (before !== undefined && !this.#firstKeys.has(key)) this.#keys.delete(key);
    this.#keys.set(key, markAt(at, write, before));
    if (this.#firstKeys.size < FIRST_KEYS) this.#firstKeys.add(key);
    if (this.#keys.size <= FIRST_KEYS + LAST_KEYS) return;
    for (const oldest of this.#keys.keys()) {
      if (this.#firstKeys.has(oldest)) continue;
      this.#keys.delete(oldest);
      return;
    }
  }

  #checkpoint({ at, emitted = this.#emitted, next, origin }: Mark): Checkpoint {
    return {
      at: { ...at, emitted },
      next: [...next],
      ...origin !== undefined && { origin },
    };
  }
}

/** The maximum number of digests of emits that are stored individually. */
export const MOST_DIGESTS = 8;
/**
 * The maximum numbers of keys of the shared data whose last writes are listed: of the keys written last, as a
 * checkpoint may be written often, and of the keys written first, as a checkpoint for a whole part is written
 * rarely.
 */
const LAST_KEYS = 16, FIRST_KEYS = 8;

/** The counts before the first effect. */
export const NO_COUNTS: EffectCounts = {
  emits: 0,
  writes: 0,
  logEntries: 0,
  emitted: 0,
  written: 0,
};

/** Returns the digest of an emit. */
export function emitDigest(emit: PackedEmit): number {
  const { event, payload, when } = decodeEmit(emit);
  return mixed(mixed(textDigest(event), digestOf(payload)), when === undefined ? 0 : 1);
}

/** Returns the digest of the target of a write. */
function writeDigest({ kind, key, value }: Write): number {
  const place = mixed(textDigest(kind), key === undefined ? 0 : textDigest(key));
  return kind === "waitFor" ? mixed(place, digestOf(value)) : place;
}

/** Returns the digest of a write that sets a value, including the value; `undefined` for other writes. */
export function valueDigest(write: Write): number | undefined {
  if (write.kind !== "set" && write.kind !== "patch") return undefined;
  return mixed(writeDigest(write), digestOf(write.value));
}

/** A write, or a request to wait for a signal. */
export interface Write {
  readonly kind: "set" | "delete" | "update" | "patch" | "waitFor";
  /** The key of the shared data to which is written, if there is one. */
  readonly key?: string | undefined;
  /** The value that is set, or the wait. */
  readonly value?: unknown;
}

/** A checkpoint. Its `emitted` is unknown until the emits before it have been counted. */
interface Mark {
  readonly at: Omit<EffectCounts, "emitted">;
  emitted: number | undefined;
  readonly next: number[];
  readonly origin: number | undefined;
}

function updateOf(key: string): Write {
  return { kind: "update", key };
}

function later(a: Checkpoint | undefined, b: Checkpoint | undefined): Checkpoint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.at.writes > b.at.writes ? a : b;
}

function markOf({ at, next, origin }: Checkpoint): Mark {
  const { emitted, ...rest } = at;
  return { at: rest, emitted, next: [...next], origin };
}

/** Creates the mark of a write. `before` is the mark of the previous write to the same place, if any. */
function markAt(at: Mark["at"], write: Write, before: Mark | undefined): Mark {
  const origin = before === undefined ? valueDigest(write) : before.origin;
  return { at, emitted: undefined, next: [], origin };
}

/** Returns the first and the last of some keys. */
function listed<Key>(keys: readonly Key[]): Key[] {
  if (keys.length <= FIRST_KEYS + LAST_KEYS) return [...keys];
  return [...keys.slice(0, FIRST_KEYS), ...keys.slice(-LAST_KEYS)];
}

/** Adds an emit to a mark that it follows. */
function follow(mark: Mark, index: number, emitted: number, digest: number): void {
  const after = index - mark.at.emits;
  if (after < 0) return;
  mark.emitted ??= emitted;
  if (after === mark.next.length && after < MOST_DIGESTS) mark.next.push(digest);
}
