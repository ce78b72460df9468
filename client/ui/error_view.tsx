import type { JSX } from "preact";
import type { SerializedError } from "../../src/data/serialized_error.ts";
import { LongText } from "./long_text.tsx";

/** The number of errors within errors that are shown. */
const MAX_DEPTH = 8;

/** Shows an error with its stack, its fields, its cause and the errors within it. */
export function ErrorView(
  { error, depth = 0 }: { error: SerializedError; depth?: number },
): JSX.Element {
  const { name, message, stack, fields, cause, errors } = error;
  // A stack begins with the name and the message in most engines, so it is shown alone.
  const text = stack?.includes(message) ? stack : `${name}: ${message}${stack ? `\n${stack}` : ""}`;
  const inner = depth < MAX_DEPTH ? errors ?? [] : [];
  return (
    <div class="error">
      <LongText name={`Error ${name}`} text={text} />
      {fields !== undefined && Object.keys(fields).length > 0 && (
        <LongText name="Fields of the error" text={textOf(fields)} />
      )}
      {cause !== undefined && depth < MAX_DEPTH && (
        <div class="error-inner">
          <p>Caused by</p>
          {"error" in cause
            ? <ErrorView error={cause.error} depth={depth + 1} />
            : <LongText name="Cause" text={textOf(cause.value)} />}
        </div>
      )}
      {inner.map((part, index) => (
        <div class="error-inner" key={index}>
          <p>{part.field === undefined ? `Error ${index + 1} within` : `In ${part.field}`}</p>
          <ErrorView error={part} depth={depth + 1} />
        </div>
      ))}
    </div>
  );
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? String(value);
  } catch {
    return String(value);
  }
}
