import { reviveError, type SerializedError, serializeError } from "../data/serialized_error.ts";
import { watchResult } from "../data/user_call.ts";
import type { RetryFunctions, RetryVerdict } from "../engine/after_failure.ts";
import type { Command, Rules } from "../engine/command.ts";
import type { Job } from "../engine/job.ts";
import { retryQuestion } from "../engine/retry_question.ts";
import { textOf } from "../errors/text_of.ts";

/**
 * Calls the functions `retryable` and `delay` of a flow's policies, before a failure is decided. A function that cancels,
 * pauses or starts jobs therefore cannot change a job during a decision about it.
 */
export class RetryJudge {
  readonly #rules: Rules;
  #isAsking = false;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** `true` while a function is being called. No activation of the flow may be given to a worker then. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /**
   * Adds the verdict that a command needs. The call of the function may change the state of the job.
   *
   * @param job The job.
   * @param command A command that has not been decided yet.
   * @param at The time by the clock of the job, in epoch milliseconds.
   * @returns The command with the verdict; the same command if it needs none.
   */
  judged(job: Job, command: Command, at: number): Command {
    if (command.type !== "fail" && command.type !== "expire") return command;
    const functions = retryQuestion(job, command, at, this.#rules);
    if (functions === undefined) return command;
    return { ...command, verdict: this.#ask(functions, command.error) };
  }

  #ask({ retryable, delay, attempt }: RetryFunctions, error: SerializedError): RetryVerdict {
    const wasAsking = this.#isAsking;
    this.#isAsking = true;
    try {
      const isRetryable = retryable === undefined ||
        Boolean(answerOf("retryable", retryable(reviveError(error)), "true or false"));
      if (!isRetryable || delay === undefined) return { isRetryable };
      const ms = answerOf("delay", delay(reviveError(error), attempt), "milliseconds");
      if (typeof ms === "number" && ms >= 0) return { isRetryable, delay: ms };
      throw new TypeError(`delay returned ${textOf(ms)}; let it return milliseconds of at least 0`);
    } catch (thrown) {
      return { isRetryable: false, thrown: serialized(thrown) };
    } finally {
      this.#isAsking = wasAsking;
    }
  }
}

/** Refuses a promise: an async function has not answered yet, and its promise would count as `true`. */
function answerOf(name: string, answer: unknown, expected: string): unknown {
  if (!isThenable(answer)) return answer;
  watchResult(answer, () => {});
  throw new TypeError(`${name} returned a promise; let it return ${expected} at once`);
}

function isThenable(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null &&
    typeof Reflect.get(answer, "then") === "function";
}

function serialized(thrown: unknown): SerializedError {
  try {
    return serializeError(thrown);
  } catch {
    // Reading a proxy may throw at any step.
    return serializeError(new TypeError("retryable or delay threw a value that cannot be read"));
  }
}
