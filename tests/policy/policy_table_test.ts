// The table of policies, each combination through the engine: the end of the job, the skipped routines,
// the fallbacks, and the payloads over `$error`.

import { assertEquals } from "@std/assert";
import { serializeError } from "../../src/data/serialized_error.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Job } from "../../src/engine/job.ts";
import { effectivePolicy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import { NO_EFFECTS } from "../../src/routine/effects.ts";
import { risky, sink } from "./routines.ts";
import {
  type End,
  inRole,
  PLACES,
  type Policy,
  RETRIES,
  retrying,
  type Role,
  ROLES,
  type RoutinePolicy,
  STRATEGIES,
} from "./table.ts";

for (const { name, strategy, ends } of STRATEGIES) {
  for (const role of Object.keys(ROLES) as Role[]) {
    Deno.test(`Engine applies ${name} as ${ends[role]} when ${role}`, () => {
      for (const { isOver, say, name: place } of PLACES) {
        if (isOver && strategy === undefined) continue;
        const contrary = ends.plain === "stop" ? "continue" : "stop";
        for (const { maxRetries, fails, attempts, isSpent, name: retries } of RETRIES) {
          const said = maxRetries === undefined ? strategy : retrying(strategy, maxRetries);
          const { routine, flow } = say(said, contrary);
          for (const isRouted of [false, true]) {
            const usual = strategy === undefined && isRouted && role === "plain";
            const end = usual ? "continue" : ends[role];
            const came = failing(inRole(routine, role), flow, fails, isRouted);
            const expected = { attempts, ...isSpent ? failed(end, isRouted) : succeeded };
            assertEquals(came, expected, `${place}, ${retries}, ${isRouted ? "" : "not "}routed`);
          }
        }
      }
    });
  }
}

/** The outcome of a job whose one routine failed. */
interface Came {
  readonly status: string;
  readonly attempts: number;
  readonly error: string | undefined;
  readonly errors: number;
  readonly skipped: readonly string[];
  /** The routines that something was delivered to. */
  readonly delivered: readonly string[];
}

const succeeded: Omit<Came, "attempts"> = {
  status: "completed",
  error: undefined,
  errors: 0,
  skipped: [],
  delivered: [],
};

function failed(end: End, isRouted: boolean): Omit<Came, "attempts"> {
  const isStop = end === "stop";
  const isSkip = end === "skip" || end === "fallback";
  return {
    status: isStop ? "failed" : "completed",
    error: isStop ? "RangeError" : undefined,
    errors: 1,
    skipped: isSkip ? ["risky"] : [],
    delivered: [
      ...isRouted && !isStop ? ["errors"] : [],
      ...end === "fallback" ? ["spares"] : [],
    ],
  };
}

/** Fails the first attempts at a routine, and ends everything else well. */
function failing(routine: RoutinePolicy, flow: Policy, fails: number, isRouted: boolean): Came {
  const nodes = { risky, spares: sink, errors: sink };
  const connections = ["risky.spare spares.item", ...isRouted ? ["risky.$error errors.item"] : []];
  const routes = new Routes({
    nodes: Object.entries(nodes).map(([id, routine]) => ({ id, routine, config: {} })),
    connections: connections.map((pair) => {
      const [from = "", to = ""] = pair.split(" ");
      return { from, to, map: undefined };
    }),
  });
  const policies = new Map(
    Object.keys(nodes).map((id) => [
      id,
      effectivePolicy(id === "risky" ? routine : {}, flow),
    ]),
  );
  const engine = new Engine("flow", { routes, policies, maxCrashes: 3 });
  engine.start({ jobId: "job", routineId: "risky", slot: "item", payload: 0 }, 1);
  const job = engine.job("job") as Job;
  const error = serializeError(new RangeError("no"));
  const delivered: string[] = [];
  let attempts = 0;
  for (let at = 2, taken = engine.take(); taken !== undefined; taken = engine.take()) {
    const { activationId, routineId } = taken.live.activation;
    const execution = { workerId: "w1", startedAt: at, endedAt: at };
    engine.dispatch(job, { type: "begin", activationId, workerId: "w1" }, ++at);
    if (routineId !== "risky") delivered.push(routineId);
    else if (++attempts <= fails) {
      engine.dispatch(job, { type: "fail", activationId, error, execution, chance: 0.5 }, ++at);
      continue;
    }
    const effects = NO_EFFECTS;
    engine.dispatch(job, { type: "complete", activationId, effects, execution }, ++at);
  }
  return {
    status: job.status,
    attempts,
    error: job.stopping?.error.name,
    errors: job.errors.length,
    skipped: [...job.skippedRoutines ?? []],
    delivered,
  };
}
