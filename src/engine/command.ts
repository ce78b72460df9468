// The types of the commands to a job, and of the rules by which they are decided. The flow passes commands to
// `Engine`, which lets `decide.ts` determine the JobEvents.

import type { SerializedError } from "../data/serialized_error.ts";
import type { EffectivePolicy } from "../graph/policy.ts";
import type { Routes } from "../graph/routes.ts";
import type { Committed } from "../routine/committed.ts";
import type { Effects } from "../routine/effects.ts";
import type { RetryVerdict } from "./after_failure.ts";
import type { RoutineLimit } from "./gate.ts";
import type { Execution } from "./job_event.ts";

/** A command to a job. */
export type Command = ActivationCommand | SignalCommand | JobCommand;

/** A command about an activation. */
export type ActivationCommand =
  & { readonly activationId: string }
  & (
    | {
      readonly type: "begin";
      readonly workerId: string;
      /** The key and the period of the rate that it counts to, if that has to be recorded. */
      readonly rated?: CountedRate | undefined;
    }
    | { readonly type: "progress"; readonly data: unknown }
    /**
     * `effects` are the effects that no earlier attempt has committed; `committed` counts all that are
     * committed with this flush.
     */
    | {
      readonly type: "flush";
      readonly effects: Effects;
      readonly committed?: Committed | undefined;
    }
    | { readonly type: "complete"; readonly effects: Effects; readonly execution: Execution }
    | Fail
    /** The activation alone was cancelled, not its job; `execution` is the attempt that this ended. */
    | {
      readonly type: "drop";
      readonly error: SerializedError;
      readonly execution?: Execution | undefined;
    }
  );

/** An attempt failed. */
export interface Fail {
  readonly type: "fail";
  readonly error: SerializedError;
  readonly execution: Execution | undefined;
  /** `true` if the worker was lost during the attempt. */
  readonly crashed?: boolean | undefined;
  /** `true` if `totalTimeout` has run out, so that no other attempt may follow. */
  readonly isLast?: boolean | undefined;
  /** A random number from 0 to 1, for the jitter of a retry. */
  readonly chance: number;
  /** The answer of the user's function that `retryQuestion` names, if it names one. */
  readonly verdict?: RetryVerdict | undefined;
  /**
   * The reason why the event that follows could not be stored, if it was refused: the job then stops instead.
   */
  readonly refusal?: SerializedError | undefined;
}

type SignalCommand =
  | { readonly type: "signal"; readonly signal: string; readonly payload: unknown }
  | Expire
  | Withdraw;

/** The signal of a wait was not sent within its timeout. */
export interface Expire {
  readonly type: "expire";
  readonly waitId: string;
  readonly error: SerializedError;
  /** A random number from 0 to 1, for the jitter of a retry. */
  readonly chance: number;
  /** The same as in {@linkcode Fail}, as is `refusal`. */
  readonly verdict?: RetryVerdict | undefined;
  readonly refusal?: SerializedError | undefined;
}

/** The waits end without a signal. */
export interface Withdraw {
  readonly type: "withdraw";
  readonly waitIds: readonly string[];
  readonly reason: string | undefined;
}

/** A rate that an attempt counts to. */
export interface CountedRate {
  /** The key of the activation; `""` if there is none. */
  readonly key: string;
  /** The period of the rate, in milliseconds. */
  readonly per: number;
}

type JobCommand =
  | { readonly type: "pause"; readonly withFlow?: true | undefined }
  | { readonly type: "resume" }
  /**
   * `aliveAt` is the last time at which a process is known to have run the job, in epoch milliseconds: by
   * default, the time of its last event.
   */
  | { readonly type: "recover"; readonly aliveAt?: number | undefined }
  /** Excludes an outage of the store from the job's timeouts; `outage` is its length in milliseconds. */
  | { readonly type: "stall"; readonly outage: number }
  /** The flow is closed and leaves the job to a later process; its executing activations were stopped. */
  | { readonly type: "leave" }
  /** Items of the feed of the job were taken, whose payloads these are. */
  | { readonly type: "feed"; readonly payloads: readonly unknown[] }
  /** The feed of the job has ended. */
  | { readonly type: "endFeed" }
  | {
    readonly type: "stop";
    readonly outcome: "failed" | "cancelled";
    readonly error: SerializedError;
  };

/** The rules of a flow for its jobs. */
export interface Rules {
  /** The receivers of emitted payloads. */
  readonly routes: Routes;
  /** The policy of each routine, by id. */
  readonly policies: ReadonlyMap<string, EffectivePolicy>;
  /** The number of lost workers or processes after which an activation is not retried. */
  readonly maxCrashes: number;
  /**
   * `true` if later activations of a job may not begin before an activation that may be retried has ended.
   */
  readonly isSequential?: boolean | undefined;
  /**
   * The stage of each routine, by id: activations of later stages of a job come first. Absent if they come in the order in
   * which they were queued.
   */
  readonly stages?: ReadonlyMap<string, number> | undefined;
  /** The limits of single routines, by id. */
  readonly limits?: ReadonlyMap<string, RoutineLimit> | undefined;
  /** The maximum number of jobs that run at a time; absent for no limit. */
  readonly maxJobs?: number | undefined;
  /** The maximum number of errors that a job holds, if lower than the default. */
  readonly maxErrors?: number | undefined;
  /** `true` if time without a process or a writable store counts for timeouts. */
  readonly countsOutages?: boolean | undefined;
}
