import type { Misdeed } from "../rows.ts";

/** A pool of two workers, set up as its documentation advises. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** Starts a pool that can execute a failing task. */
  start(misdeed: Misdeed): Session;
}

/** A started contender. */
export interface Session {
  /**
   * Executes a task that succeeds; `undefined` if the pool's module itself fails, so that no task
   * could.
   */
  readonly healthy: (() => Promise<unknown>) | undefined;
  /** Executes the failing task, with a timeout if one is given. */
  misbehave(timeout: number | undefined): Promise<unknown>;
  /** Ends the pool. */
  close(): Promise<unknown>;
}

/** Returns the URL of a module with tasks. */
export function worker(name: string): URL {
  return new URL(`../workers/${name}.ts`, import.meta.url);
}
