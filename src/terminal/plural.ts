/** Formats a number of things, as `1 job` or `4 jobs`. */
export function plural(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
