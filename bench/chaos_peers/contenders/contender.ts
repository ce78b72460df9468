import type { Misdeed } from "../rows.ts";

/** A pool of two workers, as its documentation advises to set it up. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** Starts a pool that can be asked for a misdeed. */
  start(misdeed: Misdeed): Session;
}

/** A contender, started. */
export interface Session {
  /** Does well; `undefined` where the module of the pool is the misdeed, so that nothing could. */
  readonly healthy: (() => Promise<unknown>) | undefined;
  /** Does wrong, and is told to stop after a time, if there is one. */
  misbehave(timeout: number | undefined): Promise<unknown>;
  /** Ends the pool. */
  close(): Promise<unknown>;
}

/** The address of a module with tasks. */
export function worker(name: string): URL {
  return new URL(`../workers/${name}.ts`, import.meta.url);
}
