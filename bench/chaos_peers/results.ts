import type { ContenderName } from "./contenders/registry.ts";
import type { Outcome } from "./outcome.ts";
import type { Misdeed } from "./rows.ts";

/** The matrix, as it is kept. */
export interface Results {
  /** The command that made it. */
  readonly command: string;
  /** When. */
  readonly date: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The pools, with their versions. */
  readonly pools: readonly { readonly name: ContenderName; readonly version: string }[];
  /** What became of each misdeed at each pool. */
  readonly rows: readonly {
    readonly misdeed: Misdeed;
    readonly title: string;
    readonly outcomes: Readonly<Record<string, Outcome>>;
  }[];
}

/** Where it is kept, from the root of the repository. */
export const RESULTS = "bench/results/chaos.json";
