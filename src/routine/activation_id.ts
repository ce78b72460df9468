/**
 * Returns the id of an activation. Activations are numbered in the order in which they are queued, so that a
 * replay produces the same ids, and a worker knows the next one of a job in which nothing else is executed.
 *
 * @param number The number of the activation in its job, from 1.
 */
export function activationIdOf(jobId: string, number: number): string {
  return `${jobId}/${number}`;
}

/** Returns the number of an activation of a job; `undefined` if its id has no number. */
export function activationNumber(jobId: string, activationId: string): number | undefined {
  // The same id is asked for several times in succession, and comparing a string with itself takes no time.
  if (activationId === last.activationId && jobId === last.jobId) return last.number;
  last.jobId = jobId;
  last.activationId = activationId;
  return last.number = parseNumber(jobId, activationId);
}

const last: { jobId: string; activationId: string; number: number | undefined } = {
  jobId: "",
  activationId: "",
  number: undefined,
};

function parseNumber(jobId: string, activationId: string): number | undefined {
  const { length } = jobId;
  if (activationId.charCodeAt(length) !== SLASH || !activationId.startsWith(jobId)) {
    return undefined;
  }
  let number = 0;
  for (let i = length + 1; i < activationId.length; i++) {
    const digit = activationId.charCodeAt(i) - ZERO;
    // A number that begins with 0 would become another id.
    if (digit < 0 || digit > 9 || (number === 0 && digit === 0)) return undefined;
    number = number * 10 + digit;
  }
  return number > 0 && number <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

const SLASH = "/".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
