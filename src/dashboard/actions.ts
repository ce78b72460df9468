// The actions of a viewer on a flow of this process. `routes.ts` passes the body of a request here.

import type { Flow } from "../flow/flow.ts";
import type { JobState } from "../flow/job_state.ts";
import { printable } from "../errors/printable.ts";
import type { Action, ActionResult } from "./api.ts";
import { cut } from "./bounded_json.ts";
import { Refusal } from "./refusal.ts";

/**
 * Performs an action.
 *
 * @throws {Refusal} If the job has ended, or is not stopped, so that the action has no effect.
 */
export async function act(flow: Flow, action: Action): Promise<ActionResult> {
  // Looked up before, as the action may end the job.
  const ended = endedJob(flow, action);
  const result = await perform(flow, action);
  if (ended === undefined) return result;
  throw new Refusal(409, `job ${named(ended.jobId)} has ended: it is ${ended.status}`);
}

async function perform(flow: Flow, action: Action): Promise<ActionResult> {
  switch (action.type) {
    case "pause":
      flow.pause(action.jobId);
      return done("paused", action.jobId);
    case "resume":
      flow.resume(action.jobId);
      return done("resumed", action.jobId);
    case "cancel":
      flow.cancel(action.jobId, action.reason ?? "cancelled in the dashboard");
      return { message: `Job ${named(action.jobId)} is being cancelled.` };
    case "rerun": {
      const { jobId } = await flow.rerun(action.jobId, { from: action.from });
      const message = `Job ${named(jobId)} repeats job ${named(action.jobId)} from activation ${
        named(action.from)
      } on.`;
      return { message, jobId };
    }
    case "signal":
      flow.signal(action.jobId, action.signal, action.payload);
      return { message: `Signal ${named(action.signal)} was sent to job ${named(action.jobId)}.` };
    case "breakpoint":
      flow.stepping.setBreakpoint(action.routineId, action.isSet);
      return {
        message: action.isSet
          ? `Jobs stop before routine ${named(action.routineId)}.`
          : `The breakpoint on routine ${named(action.routineId)} is removed.`,
      };
    case "step":
    case "continue": {
      const wasStopped = action.type === "step"
        ? flow.stepping.step(action.jobId)
        : flow.stepping.continue(action.jobId);
      if (!wasStopped) {
        throw new Refusal(409, `job ${named(action.jobId)} is not stopped at a breakpoint`);
      }
      const how = action.type === "step" ? "begins its next activation" : "goes on";
      return { message: `Job ${named(action.jobId)} ${how}.` };
    }
  }
}

/** Returns the job of an action that has no effect, as the job has ended since it was shown. */
function endedJob(flow: Flow, action: Action): JobState | undefined {
  switch (action.type) {
    case "pause":
    case "resume":
    case "cancel":
    case "signal": {
      const job = action.jobId === undefined ? undefined : flow.job(action.jobId);
      return job?.endedAt === undefined ? undefined : job;
    }
    default:
      return undefined;
  }
}

/** The fields of each action: their types, with a question mark for those that may be absent. */
const FIELDS: { readonly [Type in Action["type"]]: Readonly<Record<string, string>> } = {
  pause: { jobId: "string?" },
  resume: { jobId: "string?" },
  cancel: { jobId: "string", reason: "string?" },
  rerun: { jobId: "string", from: "string" },
  signal: { jobId: "string", signal: "string", payload: "any?" },
  breakpoint: { routineId: "string", isSet: "boolean" },
  step: { jobId: "string" },
  continue: { jobId: "string" },
};

/**
 * Checks the body of a request for an action.
 *
 * @throws {Refusal} With status 400.
 */
export function checkAction(body: unknown): Action {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal(400, "the body is no action; send an object with a type");
  }
  const type: unknown = Reflect.get(body, "type");
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type)) {
    throw new Refusal(
      400,
      `there is no such action; its type is one of ${Object.keys(FIELDS).join(", ")}`,
    );
  }
  const fields = FIELDS[type as Action["type"]];
  for (const [name, rule] of Object.entries(fields)) {
    const value: unknown = Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
    const expected = rule.replace("?", "");
    if (value === undefined && rule.endsWith("?") || expected === "any") continue;
    const type: string = typeof value;
    if (type !== expected) {
      throw new Refusal(400, `${name} of this action has to be a ${expected}`);
    }
  }
  const unknown = Object.keys(body).find((name) => name !== "type" && !Object.hasOwn(fields, name));
  if (unknown === undefined) return body as Action;
  throw new Refusal(400, `the action "${type}" has no field "${printable(cut(unknown, 100))}"`);
}

function done(how: string, jobId: string | undefined): ActionResult {
  return {
    message: jobId === undefined ? `The flow is ${how}.` : `Job ${named(jobId)} is ${how}.`,
  };
}

function named(id: string): string {
  return `"${printable(cut(id, 200))}"`;
}
