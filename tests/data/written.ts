/** Returns the values that a function writes to the console. */
export function written(work: () => void): unknown[] {
  const { error: write } = console;
  const written: unknown[] = [];
  console.error = (...values: unknown[]) => void written.push(...values);
  try {
    work();
  } finally {
    console.error = write;
  }
  return written;
}
