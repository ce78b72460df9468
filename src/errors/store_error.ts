import { MillraceError } from "./millrace_error.ts";

/** The base of every error of a store. Each kind is a class with a literal `name`. */
export class StoreError extends MillraceError {}
