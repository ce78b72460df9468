// The checks of policies, for the options of a flow and of `flow.add`.

import {
  checkAmount,
  checkDuration,
  checkFields,
  checkFlag,
  checkFraction,
  checkList,
  checkOneOf,
} from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { checkErrorName } from "./check_error_name.ts";
import {
  type Fallback,
  isRetry,
  type Policy,
  type RetryStrategy,
  type RoutinePolicy,
  type SkipStrategy,
  type Strategy,
} from "./policy.ts";

/** The checks of the options of a policy. */
export const POLICY: OptionChecks<Policy> = {
  onError: checkStrategy,
  onErrorOf: checkStrategies,
  queueTimeout: checkDuration,
  runTimeout: checkDuration,
  totalTimeout: checkDuration,
};

/** The checks of the options of a routine's policy. */
export const ROUTINE_POLICY: OptionChecks<RoutinePolicy> = {
  ...POLICY,
  critical: checkFlag,
  optional: checkFlag,
};

const SKIP: OptionChecks<SkipStrategy<Fallback>> = {
  strategy: checkOneOf("skip", "retry"),
  fallback: checkFallback,
};

const FALLBACK: OptionChecks<Fallback> = {
  event: checkEventName,
  payload: () => {},
};

const RETRY: OptionChecks<RetryStrategy<Fallback>> = {
  strategy: checkOneOf("skip", "retry"),
  maxRetries: checkAmount,
  delay: checkDelay,
  backoff: checkBackoff,
  maxDelay: checkDuration,
  jitter: checkFraction,
  retryable: checkRetryable,
  then: checkFinalStrategy,
};

/**
 * Refuses a routine that is both `optional` and `critical`.
 *
 * @throws {InvalidOptionError} If it is both.
 */
export function checkOptional({ critical, optional }: RoutinePolicy<Fallback>): void {
  if (critical && optional) {
    throw new InvalidOptionError("critical", critical, "false where optional is true");
  }
}

function checkStrategies(option: string, value: unknown): void {
  for (const [name, strategy] of Object.entries(checkFields(option, value))) {
    checkErrorName(`${option}.${name}`, name);
    checkStrategy(`${option}.${name}`, strategy);
  }
}

function checkStrategy(option: string, value: unknown): void {
  const strategy = value as Strategy<Fallback>;
  if (typeof value === "object" && value !== null) checkFields(option, value);
  if (isRetry(strategy)) return void checkOptions(option, strategy, RETRY, `${option}.`);
  if (typeof strategy === "object" && strategy?.strategy === "skip") {
    return void checkOptions(option, strategy, SKIP, `${option}.`);
  }
  if (strategy === "stop" || strategy === "continue" || strategy === "skip") return;
  if (typeof value === "object" && value !== null) {
    throw new InvalidOptionError(
      `${option}.strategy`,
      Reflect.get(value, "strategy"),
      '"skip" or "retry"; write "stop" and "continue" without an object',
    );
  }
  throw new InvalidOptionError(
    option,
    value,
    '"stop", "continue", "skip", or an object whose strategy is "skip" or "retry"',
  );
}

function checkFinalStrategy(option: string, value: unknown): void {
  if (isRetry(value as Strategy<Fallback>)) {
    throw new InvalidOptionError(option, "retry", '"stop", "continue" or "skip"');
  }
  checkStrategy(option, value);
}

function checkFallback(option: string, value: unknown): void {
  const { event } = checkOptions(option, value as Fallback, FALLBACK, `${option}.`);
  if (event === undefined) checkEventName(`${option}.event`, event);
}

function checkEventName(option: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new InvalidOptionError(option, value, "the name of an event");
}

function checkDelay(option: string, value: unknown): void {
  if (typeof value !== "function") checkDuration(option, value);
}

function checkBackoff(option: string, value: unknown): void {
  if (typeof value === "number" && value > 0 && value < Infinity) return;
  throw new InvalidOptionError(option, value, "a number above 0");
}

function checkRetryable(option: string, value: unknown): void {
  if (typeof value === "function") return;
  if (!Array.isArray(value)) {
    throw new InvalidOptionError(option, value, "a list of names of errors, or a function");
  }
  for (const [i, name] of checkList(option, value).entries()) {
    checkErrorName(`${option}[${i}]`, name);
  }
}
