import { buildEndedJobs } from "../journal/build.ts";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import { medianOf } from "../harness/stats.ts";

/** The number of JobEvents of each job that `buildEndedJobs` makes. */
const EVENTS_PER_JOB = 12;

/** The time that the command line takes to show a journal, as a whole process. */
export interface JournalTime {
  /** The number of JobEvents in the journal. */
  readonly events: number;
  /** The size of the file, in bytes. */
  readonly file: number;
  /** The time to list its last jobs, in seconds. */
  readonly list: number;
  /** The time to show one job, in seconds. */
  readonly job: number;
}

/**
 * Measures `view FILE` on a journal of ended jobs.
 *
 * @param folder The folder for the file.
 * @param events The number of JobEvents.
 */
export async function measureJournal(folder: string, events: number): Promise<JournalTime> {
  const path = `${folder}/events_${events}.db`;
  const jobs = Math.ceil(events / EVENTS_PER_JOB);
  buildEndedJobs(path, jobs);
  const { size: file } = await Deno.stat(path);
  const list = await median(() => view(path));
  const job = await median((i) => view(path, "--job", `job_${Math.floor(jobs / (i + 2))}`));
  await Deno.remove(path);
  return { events: jobs * EVENTS_PER_JOB, file, list, job };
}

async function median(time: (i: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(await time(i));
  return medianOf(times);
}

async function view(...args: string[]): Promise<number> {
  const begun = performance.now();
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: denoRun("src/cli/cli.ts", "view", ...args),
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success || stdout.length === 0) throw new Error(`view ${args.join(" ")} failed`);
  return (performance.now() - begun) / 1_000;
}
