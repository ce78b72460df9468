/** Where the library's own files are, as a stack names them. */
const LIBRARY = new URL("../", import.meta.url).href;

/**
 * Begins a stack with the user's file and line: what the library and the platform did on the way to
 * the error is left out, as far as it comes first.
 */
export function userStack(stack: string): string {
  const lines = stack.split("\n");
  const from = lines.findIndex(isFrame);
  const user = lines.findIndex((line) => isFrame(line) && !isInner(line));
  return from < 0 || user < 0 ? stack : [...lines.slice(0, from), ...lines.slice(user)].join("\n");
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isInner(line: string): boolean {
  return line.includes(LIBRARY) || line.includes("(ext:") || line.includes("(<anonymous>)");
}
