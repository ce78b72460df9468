// The faults that are planted in a copy of the library, one at a time, to see that the fuzzer finds them.

/** A fault: a text of one file, which stands there once, and what is put in its place. */
export interface PlantedFault {
  /** What is wrong with it. */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Faults of the kinds that a job engine has, over the rooms of the library. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: "logs and data are lost where events are packed",
    file: "src/store/packed_event.ts",
    find: "    isBare ? 0 : rest,",
    put: "    0,",
  },
  {
    name: "a rerun begins one event too late",
    file: "src/flow/rerun.ts",
    find: "const kept = end < 0 ? events : events.slice(0, end);",
    put: "const kept = end < 0 ? events : events.slice(0, end + 1);",
  },
  {
    name: "what is at a worker is not recalled before its job is paused",
    file: "src/flow/flow_runner.ts",
    find: `    this.#board.revokeJob(job);
    this.execute(job, { type: "pause", withFlow });`,
    put: `    this.execute(job, { type: "pause", withFlow });`,
  },
  {
    name: "what flushes have committed is missing in a snapshot",
    file: "src/store/snapshot_encoding.ts",
    find: "    live.set(id, { ...one, activation:",
    put: "    live.set(id, { ...one, flushes: 0, committed: undefined, activation:",
  },
  {
    name: "flushes are not counted",
    file: "src/engine/apply.ts",
    find: "        live.committed = event.committed;",
    put: "        live.flushes--;",
  },
  {
    name: "a wait that has expired is waited for still",
    file: "src/engine/apply.ts",
    find: `    case "wait_expired":
      endWait(job, event.waitId);`,
    put: `    case "wait_expired":`,
  },
  {
    name: "a renewed wait is the same wait, for ever",
    file: "src/engine/decide.ts",
    find: "const renewed = { ...wait, since: then.dueAt, attempt: wait.attempt + 1 };",
    put: "const renewed = { ...wait, since: then.dueAt };",
  },
  {
    name: "what was executing is not queued again by recover",
    file: "src/engine/apply.ts",
    find: "      requeueAll(job, event.at, event.lost);",
    put: "      if (event.fresh) requeueAll(job, event.at, event.lost);",
  },
  {
    name: "a completed activation is counted as failed",
    file: "src/engine/apply.ts",
    find: `      end(job, event.activationId);
      job.completed++;`,
    put: `      end(job, event.activationId);
      job.failed++;`,
  },
  {
    name: "held activations stay held when a job is resumed",
    file: "src/engine/apply.ts",
    find: `if (live.state === "held") release(job, live, event.at);
        else startClocks`,
    put: "startClocks",
  },
  {
    name: "a job that stops commits what still ends",
    file: "src/engine/decide.ts",
    find: `    case "complete":
      return job.stopping`,
    put: `    case "complete":
      return job.stopping && job.seq < 0`,
  },
  {
    name: "the limit on activations is not obeyed",
    file: "src/flow/activation_source.ts",
    find: "    this.concurrency = flow.concurrency;",
    put: "    this.concurrency = 64;",
  },
  {
    name: "events that could not be written are dropped",
    file: "src/flow/commit_log.ts",
    find: "      return isRefusal(error) ? this.#flushByJob() : this.#fail(error as Error);",
    put: "      return void (this.#pending = []);",
  },
  {
    name: "an outage ends, and nothing goes on",
    file: "src/flow/commit_log.ts",
    find: "      this.#outage = undefined;\n      clearTimer",
    put: "      clearTimer",
  },
  {
    name: "an event is read once more after a snapshot",
    file: "src/store/journal_reader.ts",
    find: "WHERE job = ? AND last_seq > ? ORDER BY last_seq",
    put: "WHERE job = ? AND last_seq > ? ORDER BY last_seq DESC",
  },
  {
    name: "a retry is not counted",
    file: "src/engine/apply.ts",
    find: "  live.retries++;\n",
    put: "",
  },
  {
    name: "the emits of an attempt that failed leave nevertheless",
    file: "src/worker/runner.ts",
    find: `else this.#end(activation, { type: "failed", task, error: failure });`,
    put: `else this.#succeed(activation);`,
  },
  {
    name: "an update is made to a value that is not the committed one",
    file: "src/worker/shared_data_buffer.ts",
    find: `this.#changed(key, value, pending.changes, "made")`,
    put: `this.#changed(key, { found: false, value: undefined }, pending.changes, "made")`,
  },
  {
    name: "a job that was paused goes on",
    file: "src/engine/engine.ts",
    find: `(job.status === "running" || job.status === "pending")`,
    put: "job.status.length > 0",
  },
  {
    name: "the last event of a commit is not written",
    file: "src/store/sqlite_store.ts",
    find: "journal.append(events);",
    put: "journal.append(events.length > 3 ? events.slice(0, -1) : events);",
  },
  {
    name: "recover takes over all jobs but one",
    file: "src/store/journal_reader.ts",
    find: "WHERE ended_at IS NULL AND flow_id = ? ORDER BY jobs.id",
    put: "WHERE ended_at IS NULL AND flow_id = ? AND jobs.id > 1 ORDER BY jobs.id",
  },
];
