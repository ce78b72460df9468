// The routines of the program that the tests of the monitor run.

import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { delay } from "@std/async/delay";

/** The work of a job. */
export interface Work {
  /** The number of its parts. */
  readonly parts: number;
  /** The time that each step takes, in milliseconds. */
  readonly ms: number;
  /** The number of the part that fails once, and of the one that fails for good. */
  readonly retries?: number;
  readonly fails?: number;
  /** The number of lines to log in the worker. */
  readonly logs?: number;
}

/** A part of a job. */
export interface Part extends Work {
  readonly part: number;
}

/** Emits the parts of a job. */
export const load = defineRoutine(import.meta, {
  slots: { job: slot<Work>() },
  events: { part: event<Part>() },
  handlers: {
    async job(work, ctx) {
      for (let part = 0; part < work.parts; part++) {
        await delay(work.ms);
        ctx.progress({ done: part + 1, of: work.parts, what: "loading" });
        ctx.emit("part", { ...work, part });
      }
    },
  },
});

/** Works on a part, and may fail. */
export const parse = defineRoutine(import.meta, {
  slots: { part: slot<Part>() },
  events: { parsed: event<Part>() },
  handlers: {
    async part(part, ctx) {
      for (let i = 0; i < (part.logs ?? 0); i++) {
        console.log(`<${ctx.jobId} part ${part.part} line ${i}>`);
        await delay(part.ms);
      }
      await delay(part.ms);
      if (part.part === part.retries && ctx.attempt === 1) throw new RangeError("try again");
      if (part.part === part.fails) throw new TypeError(`part ${part.part} has no key`);
      ctx.emit("parsed", part);
    },
  },
});

/** Ends a part. */
export const save = defineRoutine(import.meta, {
  slots: { part: slot<Part>() },
  handlers: {
    async part({ ms }) {
      await delay(ms);
    },
  },
});
