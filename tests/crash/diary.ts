// The record that the routines of the crash test make outside the journal: a file that each execution
// adds lines to, so that the journal is not its own witness.

/** A line of the diary. */
export interface DiaryLine {
  /** An execution began, or its flush of this number was acknowledged. */
  readonly what: "run" | `flush ${number}`;
  readonly activationId: string;
}

/** Adds a line; each is written at once and whole, by whichever thread. */
export function record(path: string, what: DiaryLine["what"], activationId: string): void {
  if (path !== "") Deno.writeTextFileSync(path, `${activationId}\t${what}\n`, { append: true });
}

/** Reads the lines of one process. */
export function readDiary(path: string): DiaryLine[] {
  return textOf(path).split("\n").flatMap((line) => {
    const [activationId, what] = line.split("\t");
    return activationId === undefined || what === undefined
      ? []
      : [{ activationId, what: what as DiaryLine["what"] }];
  });
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
