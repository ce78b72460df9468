// The types of `@std/async/deadline`, which its npm republication lacks.

export interface DeadlineOptions {
  signal?: AbortSignal;
}

export function deadline<T>(p: Promise<T>, ms: number, options?: DeadlineOptions): Promise<T>;
