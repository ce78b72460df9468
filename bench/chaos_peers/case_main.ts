// One failing task in one pool, in a process of its own: prints the outcome, closes the pool, and
// ends by itself if the pool allows it.

import { deadline } from "@std/async/deadline";
import { type ContenderName, CONTENDERS } from "./contenders/registry.ts";
import type { Session } from "./contenders/contender.ts";
import type { Outcome } from "./outcome.ts";
import { type Row, ROWS, TIMEOUT_MS } from "./rows.ts";

/** The time after which a task that has not settled counts as hanging, in milliseconds. */
const HANGS_MS = 5_000;

/** Marks the line with the outcome, as other lines may be printed. */
export const MARK = "outcome ";

async function observe({ healthy, misbehave }: Session, row: Row): Promise<Outcome> {
  // Ensures that both workers have started and work.
  if (healthy !== undefined) await Promise.all([healthy(), healthy(), healthy()]);
  let end: Outcome["end"] = "hangs";
  let error: string | undefined;
  const misbehaved = misbehave(row.isTimed ? TIMEOUT_MS : undefined).then(
    () => void (end = "resolves"),
    (reason) => {
      end = "rejects";
      error = reason instanceof Error ? `${reason.name}: ${reason.message}` : `${reason}`;
    },
  );
  await isInTime(misbehaved);
  if (healthy === undefined) return { end, error };
  const again = Promise.all(Array.from({ length: 8 }, () => healthy()));
  return { end, error, poolWorks: await isInTime(again) };
}

async function isInTime(work: Promise<unknown>): Promise<boolean> {
  try {
    await deadline(work, HANGS_MS);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const [name, misdeed] = Deno.args;
  const row = ROWS.find((row) => row.misdeed === misdeed);
  if (row === undefined) throw new RangeError(`there is no misdeed ${misdeed}`);
  const contender = await CONTENDERS[name as ContenderName]();
  const session = contender.start(row.misdeed);
  console.log(MARK + JSON.stringify(await observe(session, row)));
  await isInTime(session.close());
}
