// The types of `@std/cli/parse-args`, which its npm republication lacks: those of the options that
// are used here.

export interface ParseOptions<S extends string, B extends string, N extends string, D> {
  string?: readonly S[];
  boolean?: readonly B[];
  negatable?: readonly N[];
  collect?: readonly S[];
  alias?: Readonly<Record<string, string>>;
  default?: D & { [Name in S | B]?: unknown };
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * The type of a parsed option: with a default, that or the given type; otherwise, given or absent.
 */
type Read<Name, Given, Absent, D> = Name extends keyof D ? Given | D[Name] : Given | Absent;

export type Args<S extends string, B extends string, N extends string, D> =
  & { [Name in S]: Read<Name, Name extends N ? string | false : string, undefined, D> }
  & { [Name in B]: Read<Name, boolean, never, D> }
  & { _: (string | number)[] };

export function parseArgs<
  const S extends string = never,
  const B extends string = never,
  const N extends string = never,
  D extends object = object,
>(args: readonly string[], options?: ParseOptions<S, B, N, D>): Args<S, B, N, D>;
