/**
 * Makes an error without a trace of where: for one that a timer of the library makes, and perhaps
 * thousands at once. To write a trace takes longer than all else that a timeout does.
 */
export function withoutStack<Made extends Error>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // A program may have frozen it.
    return make();
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
