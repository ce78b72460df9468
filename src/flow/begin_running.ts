import { Routes } from "../graph/routes.ts";
import { shapeOf } from "../graph/shape_of.ts";
import { stagesOf } from "../graph/stages_of.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { Assembling, Running } from "./flow_phase.ts";
import { FlowRunner } from "./flow_runner.ts";
import type { FlowSettings } from "./flow_settings.ts";
import type { ForgottenIds } from "./forgotten_ids.ts";
import { JobIntake } from "./job_intake.ts";
import type { Wiring } from "./wiring.ts";

/**
 * Opens the store for a flow, and attaches the flow to its pool. If the pool refuses the flow, the store is
 * closed for the flow again, so that the call can be repeated.
 *
 * @param phase The phase of the flow so far.
 * @param setup The parts of the flow, with a sound wiring.
 * @throws {DuplicateFlowError} If a flow with this id has the store open.
 * @throws {ClosedError} If the pool is closed.
 */
export function beginRunning({ isPaused }: Assembling, setup: FlowSetup): Running {
  const { store, wiring: { graph }, settings: { id: flowId }, forgotten } = setup;
  const shape = { flowId, lines: shapeOf(graph) };
  let runner: FlowRunner | undefined;
  const opened = store.open(
    shape,
    (jobId) => {
      forgotten.add(jobId);
      runner?.forget(jobId);
    },
    (jobId) => runner?.isRunning(jobId) ?? false,
  );
  try {
    runner = new FlowRunner(partsOf(setup));
    runner.attach();
  } catch (error) {
    runner?.discard(error as Error);
    opened[Symbol.dispose]();
    throw error;
  }
  if (isPaused) runner.calls.pause(undefined);
  return { name: "running", runner, intake: new JobIntake(runner, store, shape), opened };
}

/** Closes the store for a flow that had it open. */
export async function closeStore(opened: Running["opened"]): Promise<void> {
  await (opened[Symbol.asyncDispose]?.() ?? opened[Symbol.dispose]());
}

/** The parts that a flow has before it runs. */
export interface FlowSetup extends Pick<FlowParts, "pool" | "store" | "status" | "feed" | "steps"> {
  readonly settings: FlowSettings;
  readonly wiring: Wiring;
  /** The jobs that the store drops. */
  readonly forgotten: ForgottenIds;
}

function partsOf({ settings, wiring, ...parts }: FlowSetup): FlowParts {
  const { pool, store, status, feed, steps } = parts;
  const { id: flowId, maxWorkers, concurrency, limits, maxCrashes, options } = settings;
  const isSequential = settings.executionStrategy === "sequential";
  const rules = {
    routes: new Routes(wiring.graph),
    policies: wiring.policies,
    maxCrashes,
    isSequential,
    stages: isSequential ? undefined : stagesOf(wiring.graph),
    limits: wiring.limits,
    maxJobs: options.maxJobs,
    maxErrors: store.retention?.events,
    countsOutages: options.countOutages ?? false,
  };
  const { bindings, limitKeys } = wiring;
  const own = { flowId, bindings, rules, limitKeys, maxWorkers, concurrency, limits };
  return { ...own, pool, store, status, feed, steps, tracing: options.tracing };
}
