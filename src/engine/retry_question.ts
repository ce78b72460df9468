import { type RetryFunctions, retryFunctions } from "./after_failure.ts";
import type { Command, Rules } from "./command.ts";
import { factsOfAttempt, factsOfWait, policyOf } from "./failure_facts.ts";
import { hasEnded, type Job } from "./job.ts";

/**
 * Returns the user's functions whose answers are needed before a command can be decided. Does not call them, as
 * they may do anything, even change the job.
 *
 * @param job The current state of the job.
 * @param command The command, without a verdict.
 * @param at The time, in epoch milliseconds.
 * @param rules The rules of the flow.
 * @returns The functions; `undefined` if the command can be decided without one.
 */
export function retryQuestion(
  job: Job,
  command: Command,
  at: number,
  rules: Rules,
): RetryFunctions | undefined {
  if (hasEnded(job) || job.stopping !== undefined) return undefined;
  if (command.type === "fail") {
    const live = job.live.get(command.activationId);
    if (live === undefined) return undefined;
    const policy = policyOf(live.activation.routineId, rules);
    return retryFunctions(policy, factsOfAttempt(live, command, at, rules));
  }
  if (command.type === "expire") {
    const wait = job.waits?.get(command.waitId);
    if (wait === undefined) return undefined;
    const policy = policyOf(wait.routineId, rules);
    return retryFunctions(policy, factsOfWait(wait, command, at, rules));
  }
  return undefined;
}
