/** The location of the library's own files, as it appears in a stack. */
const LIBRARY = new URL("../", import.meta.url).href;

/**
 * Removes the first frames of a stack that belong to the library or the platform, so that it begins with the
 * user's file and line.
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
