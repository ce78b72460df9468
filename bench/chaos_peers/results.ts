import type { ContenderName } from "./contenders/registry.ts";
import type { Outcome } from "./outcome.ts";
import type { Misdeed } from "./rows.ts";

/** The recorded results. */
export interface Results {
  /** The command of the run. */
  readonly command: string;
  /** The date of the run. */
  readonly date: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The pools, with their versions. */
  readonly pools: readonly { readonly name: ContenderName; readonly version: string }[];
  /** The outcome of each failing task in each pool. */
  readonly rows: readonly {
    readonly misdeed: Misdeed;
    readonly title: string;
    readonly outcomes: Readonly<Record<string, Outcome>>;
  }[];
}

/** The path of the results, from the root of the repository. */
export const RESULTS = "bench/results/chaos.json";
