// The JobEvents of a job in memory, as rows of numbers. `JobRecords` appends the events of each job here, and reads
// them when somebody looks at a job. The two events that every activation has are encoded, as they take a tenth of the
// memory that way, and leave no objects for the garbage collector to move; the others are stored as they are.

import type {
  Activation,
  ActivationCompleted,
  ActivationStarted,
  JobEvent,
} from "../engine/job_event.ts";
import { activationIdOf, activationNumber } from "../routine/activation_id.ts";
import { type Emit, NO_EFFECTS } from "../routine/effects.ts";
import { MOST_NAMES, type NameTable } from "./name_table.ts";

/**
 * The JobEvents of one job, in order. A row consists of a head, which contains its form, of the other numbers of that
 * form, and of its values:
 *
 * | form      | event                                  | numbers                          | values           |
 * | --------- | -------------------------------------- | -------------------------------- | ---------------- |
 * | AS_IT_IS  | each that has no other form            |                                  | the event        |
 * | STARTED   | `activation_started`                   | time, activation, place          |                  |
 * | EMITTED   | `activation_completed` with one plain  | the same, execution, time of the | the payload      |
 * |           | emit, and at most one receiver         | emit, its receiver and place     |                  |
 * | COMPLETED | each other `activation_completed`      | the same, execution, unrouted    | effects, queued  |
 *
 * A row has no number of its event, as there are no gaps between the events of a job.
 */
export class EventRows {
  readonly #jobId: string;
  readonly #names: NameTable;
  #numbers: number[] = [];
  #values: unknown[] = [];
  #size = 0;
  #firstSeq: number | undefined;

  /**
   * @param jobId The job.
   * @param names The names of routines, slots, events and workers, which jobs share.
   */
  constructor(jobId: string, names: NameTable) {
    this.#jobId = jobId;
    this.#names = names;
  }

  /** The number of events. */
  get size(): number {
    return this.#size;
  }

  /** The number of the first event in the stream of its job; `undefined` if there is none. */
  get firstSeq(): number | undefined {
    return this.#firstSeq;
  }

  /** Returns the first event; `undefined` if there is none. */
  first(): JobEvent | undefined {
    return this.#size === 0 ? undefined : new RowReader(this.#source, this.#firstSeq!).next();
  }

  /** Adds the event that follows the last one. */
  push(event: JobEvent): void {
    this.#firstSeq ??= event.seq;
    this.#size++;
    if (event.type === "activation_started" && this.#start(event)) return;
    if (event.type === "activation_completed" && this.#complete(event)) return;
    this.#numbers.push(AS_IT_IS);
    this.#values.push(event);
  }

  /**
   * Returns a function that reads the present events after a number in the stream of the job. It can be called later,
   * as rows do not change: new ones are added behind them, and to remove some, the others are copied.
   */
  after(seq: number): () => JobEvent[] {
    const source = this.#source;
    const size = this.#size;
    const firstSeq = this.#firstSeq ?? 0;
    const skipped = Math.min(size, Math.max(0, Math.trunc(seq) + 1 - firstSeq));
    return () => {
      const reader = new RowReader(source, firstSeq);
      reader.skip(skipped);
      const events: JobEvent[] = [];
      for (let i = skipped; i < size; i++) events.push(reader.next());
      return events;
    };
  }

  /** Removes the oldest events. */
  shift(count: number): void {
    const reader = new RowReader(this.#source, this.#firstSeq!);
    reader.skip(count);
    this.#numbers = this.#numbers.slice(reader.numbersRead);
    this.#values = this.#values.slice(reader.valuesRead);
    this.#size -= count;
    this.#firstSeq = this.#firstSeq! + count;
  }

  /** Releases the room for further events, as the job has ended. */
  trim(): void {
    this.#numbers = this.#numbers.slice();
    this.#values = this.#values.slice();
  }

  get #source(): RowSource {
    return {
      jobId: this.#jobId,
      names: this.#names,
      numbers: this.#numbers,
      values: this.#values,
    };
  }

  /** Adds the row of a start, if it has that form. */
  #start(event: ActivationStarted): boolean {
    const { at, activationId, routineId, slot, workerId, attempt, counted } = event;
    if (counted !== undefined) return false;
    const activation = activationNumber(this.#jobId, activationId);
    const place = this.#place(routineId, slot, workerId);
    if (activation === undefined || place === undefined) return false;
    this.#numbers.push(attempt * FORMS + STARTED, at, activation, place);
    return true;
  }

  /** Adds the row of a commit, if it has one of the two forms. */
  #complete(event: ActivationCompleted): boolean {
    const { at, attempt, startedAt, endedAt, effects, queued, unrouted } = event;
    const activation = activationNumber(this.#jobId, event.activationId);
    const place = this.#place(event.routineId, event.slot, event.workerId);
    if (activation === undefined || place === undefined || event.waits !== undefined) return false;
    if (isPlainEmit(event)) {
      const emit = effects.emits[0]!;
      const receiver = queued[0];
      const next = receiver === undefined
        ? NOBODY
        : activationNumber(this.#jobId, receiver.activationId);
      const { routineId, slot } = receiver ?? NOWHERE;
      const way = this.#place(routineId, slot, emit.event);
      if (next === undefined || way === undefined) return false;
      const head = attempt * FORMS + EMITTED;
      this.#numbers.push(head, at, activation, place, startedAt, endedAt);
      this.#numbers.push(emit.timestamp, next, way);
      this.#values.push(emit.payload);
      return true;
    }
    const head = attempt * FORMS + COMPLETED;
    this.#numbers.push(head, at, activation, place, startedAt, endedAt, unrouted);
    this.#values.push(effects, queued);
    return true;
  }

  /** Returns three names as one number; `undefined` if there are too many names for that. */
  #place(a: string, b: string, c: string): number | undefined {
    const names = this.#names;
    const i = names.numberOf(a);
    const j = names.numberOf(b);
    const k = names.numberOf(c);
    if (i === undefined || j === undefined || k === undefined) return undefined;
    return (k * MOST_NAMES + j) * MOST_NAMES + i;
  }
}

/** Reads rows one after another. */
class RowReader {
  readonly #source: RowSource;
  /** The number of the next event. */
  #seq: number;
  #number = 0;
  #value = 0;

  constructor(source: RowSource, firstSeq: number) {
    this.#source = source;
    this.#seq = firstSeq;
  }

  /** The count of numbers of the rows that were read. */
  get numbersRead(): number {
    return this.#number;
  }

  /** The count of values of the rows that were read. */
  get valuesRead(): number {
    return this.#value;
  }

  /** Passes over rows. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) {
      const { numbers, values } = WIDTHS[this.#form]!;
      this.#number += numbers;
      this.#value += values;
    }
    this.#seq += count;
  }

  /** Returns the event of the next row. */
  next(): JobEvent {
    switch (this.#form) {
      case STARTED:
        return this.#started();
      case EMITTED:
        return this.#emitted();
      case COMPLETED:
        return this.#completed();
      default:
        this.#seq++;
        this.#number++;
        return this.#nextValue() as JobEvent;
    }
  }

  get #form(): number {
    return this.#source.numbers[this.#number]! % FORMS;
  }

  #started(): ActivationStarted {
    const { attempt, at, activationId, place: [routineId, slot, workerId] } = this.#head();
    const { jobId } = this.#source;
    const seq = this.#seq++;
    const type = "activation_started";
    return { type, jobId, seq, at, activationId, routineId, slot, attempt, workerId };
  }

  #emitted(): ActivationCompleted {
    const head = this.#head();
    const [startedAt, endedAt] = [this.#nextNumber(), this.#nextNumber()];
    const [timestamp, next] = [this.#nextNumber(), this.#nextNumber()];
    const [routineId, slot, event] = this.#nextPlace();
    const payload = this.#nextValue();
    const emit: Emit = { event, payload, timestamp };
    const { activationId: from } = head;
    const activationId = this.#activationId(next);
    const queued: Activation[] = next === NOBODY
      ? []
      : [{ activationId, routineId, slot, payload, from, event, emit: 0 }];
    const effects = { ...NO_EFFECTS, emits: [emit] };
    const unrouted = next === NOBODY ? 1 : 0;
    return this.#commit(head, startedAt, endedAt, { effects, queued, unrouted });
  }

  #completed(): ActivationCompleted {
    const head = this.#head();
    const [startedAt, endedAt, unrouted] = [
      this.#nextNumber(),
      this.#nextNumber(),
      this.#nextNumber(),
    ];
    const effects = this.#nextValue() as ActivationCompleted["effects"];
    const queued = this.#nextValue() as ActivationCompleted["queued"];
    return this.#commit(head, startedAt, endedAt, { effects, queued, unrouted });
  }

  #commit(
    { attempt, at, activationId, place: [routineId, slot, workerId] }: RowHead,
    startedAt: number,
    endedAt: number,
    { effects, queued, unrouted }: Pick<ActivationCompleted, "effects" | "queued" | "unrouted">,
  ): ActivationCompleted {
    return {
      type: "activation_completed",
      jobId: this.#source.jobId,
      seq: this.#seq++,
      at,
      activationId,
      routineId,
      slot,
      attempt,
      workerId,
      startedAt,
      endedAt,
      effects,
      queued,
      waits: undefined,
      unrouted,
    };
  }

  #head(): RowHead {
    const attempt = Math.floor(this.#nextNumber() / FORMS);
    const at = this.#nextNumber();
    const activationId = this.#activationId(this.#nextNumber());
    return { attempt, at, activationId, place: this.#nextPlace() };
  }

  #nextNumber(): number {
    return this.#source.numbers[this.#number++]!;
  }

  #nextValue(): unknown {
    return this.#source.values[this.#value++];
  }

  #nextPlace(): [string, string, string] {
    const { names } = this.#source;
    const place = this.#nextNumber();
    const rest = Math.floor(place / MOST_NAMES);
    return [
      names.nameOf(place % MOST_NAMES),
      names.nameOf(rest % MOST_NAMES),
      names.nameOf(Math.floor(rest / MOST_NAMES)),
    ];
  }

  #activationId(number: number): string {
    return activationIdOf(this.#source.jobId, number);
  }
}

/** The data that rows consist of. */
interface RowSource {
  readonly jobId: string;
  readonly names: NameTable;
  readonly numbers: readonly number[];
  readonly values: readonly unknown[];
}

/** The numbers that rows of activations begin with. */
interface RowHead {
  readonly attempt: number;
  readonly at: number;
  readonly activationId: string;
  readonly place: readonly [routineId: string, slot: string, workerId: string];
}

/** The forms of rows. The head of a row is its form and, times `FORMS`, the attempt. */
const AS_IT_IS = 0;
const STARTED = 1;
const EMITTED = 2;
const COMPLETED = 3;
const FORMS = 4;

/** The numbers and values of a row, by its form. */
const WIDTHS = [
  { numbers: 1, values: 1 },
  { numbers: 4, values: 0 },
  { numbers: 9, values: 1 },
  { numbers: 7, values: 2 },
];

/** The receiver of an emit without one. */
const NOBODY = 0;
const NOWHERE = { routineId: "", slot: "" };

/** Checks whether a commit consists of an emit without options, of which its receiver can be derived. */
function isPlainEmit({ activationId, effects, queued, unrouted }: ActivationCompleted): boolean {
  const { emits, sharedData, sharedLog, routineState, waits } = effects;
  const [emit] = emits;
  if (emit === undefined || emits.length > 1 || queued.length > 1) return false;
  if (sharedData.length > 0 || sharedLog.length > 0) return false;
  if (routineState !== undefined || waits !== undefined) return false;
  if (emit.transfer !== undefined || emit.when !== undefined || emit.dropped) return false;
  if (emit.delay !== undefined) return false;
  const [receiver] = queued;
  if (receiver === undefined) return unrouted === 1;
  const { from, event, emit: index, payload, map, transfer, dueAt, held, dropped } = receiver;
  if (map !== undefined || transfer !== undefined || dueAt !== undefined) return false;
  return from === activationId && event === emit.event && index === 0 && unrouted === 0 &&
    payload === emit.payload && held === undefined && dropped === undefined;
}
