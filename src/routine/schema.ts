/**
 * The part of Standard Schema 1 (https://standardschema.dev) that Millrace uses: a validator, and the types
 * of its input and output. Schemas of Zod, Valibot, ArkType and other libraries implement it.
 *
 * @example A schema without a library
 * ```ts
 * import { type Schema, slot } from "@millrace/flow/routine";
 *
 * const positive: Schema<number> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "example",
 *     validate: (value) =>
 *       typeof value === "number" && value > 0
 *         ? { value }
 *         : { issues: [{ message: "must be a number above 0" }] },
 *   },
 * };
 * const amount = slot(positive); // other numbers fail with a SlotValidationError
 * ```
 */
export interface Schema<Input = unknown, Output = Input> {
  /** The field that holds the properties of a schema, by the standard. */
  readonly "~standard": SchemaProperties<Input, Output>;
}

/**
 * The properties of a {@linkcode Schema}.
 */
export interface SchemaProperties<Input = unknown, Output = Input> {
  /** The version of the standard. */
  readonly version: 1;
  /** The name of the library. */
  readonly vendor: string;
  /** Validates a value, and returns either the output value or the issues. */
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  /** Carries the types; never set. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/**
 * The result of a {@linkcode Schema} for a value.
 */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * A fault that a {@linkcode Schema} finds in a value.
 */
export interface SchemaIssue {
  /** The fault. */
  readonly message: string;
  /** The path of the offending field, from the outermost key. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
