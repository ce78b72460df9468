/** `true` if two types are the same, down to optional and readonly fields and `any`. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2)
  ? true
  : false;

/** Compiles only for a type that is `true`, as `isTrue<Same<A, B>>()`. */
export function isTrue<T extends true>(proof?: T): void {
  void proof;
}

/** Takes code that is to be checked by the compiler and never called. */
export function compiles(code: () => unknown): void {
  void code;
}
