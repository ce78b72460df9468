/**
 * Creates an error without a stack trace, for the timers of the library, which may create thousands of errors
 * at once. Capturing a stack trace takes longer than the rest of a timeout.
 */
export function withoutStack<Made extends Error>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // A program may have frozen `Error`.
    return make();
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
