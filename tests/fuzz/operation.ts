import fc from "fast-check";

/** Something that is done to a flow while it runs. Jobs are picked by their numbers, modulo their count. */
export type Operation =
  | {
    readonly kind: "start" | "pauseJob" | "resumeJob" | "cancel" | "signal";
    readonly job: number;
  }
  /** `pick` chooses one of the job's activations. */
  | { readonly kind: "cancelActivation" | "rerun"; readonly job: number; readonly pick: number }
  /** Turns of the event loop that pass. */
  | { readonly kind: "breathe"; readonly turns: number }
  | { readonly kind: "pause" | "resume" | "flush" | "recycle" }
  /** The flow is closed, and another process goes on with its journal. */
  | { readonly kind: "reopen" }
  /** The process is killed, and another one goes on with its journal. */
  | { readonly kind: "kill" }
  /** Nothing can be written any more, or can be again. */
  | { readonly kind: "fillDisk" | "makeRoom" };

const job = fc.nat(30);
const pick = fc.nat(1_000);
const ofKind = <Kind extends string>(...kinds: Kind[]) =>
  fc.record({ kind: fc.constantFrom(...kinds) });

/** Operations in random order; most of the time the jobs are left to run. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("start" as const), job }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("breathe" as const),
        turns: fc.integer({ min: 1, max: 12 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("pauseJob", "resumeJob", "cancel", "signal"),
        job,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom("cancelActivation", "rerun"), job, pick }),
    },
    { weight: 3, arbitrary: ofKind("pause", "resume", "resume", "flush", "recycle") },
    { weight: 2, arbitrary: ofKind("reopen", "kill", "kill") },
    { weight: 1, arbitrary: ofKind("fillDisk", "makeRoom", "makeRoom") },
  ),
  { minLength: 20, maxLength: 60, size: "max" },
);
