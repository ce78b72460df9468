import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import type { RetryPredicate, RetryVerdict } from "../engine/after_failure.ts";
import type { Command, Rules } from "../engine/decide.ts";
import type { Job } from "../engine/job.ts";
import { retryQuestion } from "../engine/retry_question.ts";

/**
 * Asks the `retryable` functions of a flow's policies. It is the only place that calls them: before a
 * failure is decided, so that a function which cancels, pauses or starts jobs changes nothing that a
 * decision is being made about.
 */
export class RetryJudge {
  readonly #rules: Rules;
  #isAsking = false;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /**
   * Checks whether a function is being called: then nothing of the flow is to be given to a worker.
   */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /**
   * Adds the verdict that a command needs. Afterwards the job may be in another state than before.
   *
   * @param job The job.
   * @param command A command that has not been decided yet.
   * @param at The time by the clock of the job, in epoch milliseconds.
   * @returns The command to decide: the same one if there was nothing to ask.
   */
  judged(job: Job, command: Command, at: number): Command {
    if (command.type !== "fail" && command.type !== "expire") return command;
    const retryable = retryQuestion(job, command, at, this.#rules);
    if (retryable === undefined) return command;
    return { ...command, verdict: this.#ask(retryable, command.error) };
  }

  #ask(retryable: RetryPredicate, error: SerializedError): RetryVerdict {
    const wasAsking = this.#isAsking;
    this.#isAsking = true;
    try {
      return { isRetryable: Boolean(retryable(reviveError(error))) };
    } catch (thrown) {
      return { isRetryable: false, thrown: serialized(thrown) };
    } finally {
      this.#isAsking = wasAsking;
    }
  }
}

function serialized(thrown: unknown): SerializedError {
  try {
    return serializeError(thrown);
  } catch {
    // A proxy may refuse even to be looked at.
    return serializeError(new TypeError("retryable threw a value that cannot be read"));
  }
}
