// The faults that are planted in a copy of the library, one at a time, to see that the fuzzer finds them.

/** A fault: a text of one file, which stands there once, and what is put in its place. */
export interface PlantedFault {
  /** The function or class that it is in, and its effect. */
  readonly name: string;
  /** Seeds of rounds that meet it most of the time, the surest first: what a fault leads to can depend on timing. */
  readonly seeds: readonly number[];
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Faults of the kinds that a job engine has, over the rooms of the library. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: "packEvent() drops logs and data",
    seeds: [1, 4],
    file: "src/store/packed_event.ts",
    find: "    isBare ? 0 : rest,",
    put: "    0,",
  },
  {
    name: "rerunFrom() begins one event late",
    seeds: [18, 27],
    file: "src/flow/rerun_from.ts",
    find: "const kept = end < 0 ? events : events.slice(0, end);",
    put: "const kept = end < 0 ? events : events.slice(0, end + 1);",
  },
  {
    name: "JobCalls.pause() does not revoke tasks",
    seeds: [22, 75, 9],
    file: "src/flow/job_calls.ts",
    find: `    board.revokeJob(job);
    dispatcher.dispatch(job, { type: "pause", withFlow });`,
    put: `    dispatcher.dispatch(job, { type: "pause", withFlow });`,
  },
  {
    name: "encodeJob() drops the commits of flushes",
    seeds: [1, 4],
    file: "src/store/snapshot_encoding.ts",
    find: "    live.set(id, { ...one, activation:",
    put: "    live.set(id, { ...one, flushes: 0, committed: undefined, activation:",
  },
  {
    name: "apply() does not count flushes",
    seeds: [27, 33, 38],
    file: "src/engine/apply.ts",
    find: "        live.committed = event.committed;",
    put: "        live.flushes--;",
  },
  {
    name: "apply() leaves an expired wait open",
    seeds: [5, 8],
    file: "src/engine/apply.ts",
    find: `    case "wait_expired":
      endWait(job, event.waitId);`,
    put: `    case "wait_expired":`,
  },
  {
    name: "decideExpiry() renews a wait without counting",
    seeds: [4, 5],
    file: "src/engine/decide_failure.ts",
    find: "const renewed = { ...wait, since: then.dueAt, attempt: wait.attempt + 1 };",
    put: "const renewed = { ...wait, since: then.dueAt };",
  },
  {
    name: "apply() does not requeue on job_recovered",
    seeds: [60, 65, 77],
    file: "src/engine/apply.ts",
    find: "      requeueAll(job, event.at, event.lost);",
    put: "      if (event.fresh) requeueAll(job, event.at, event.lost);",
  },
  {
    name: "apply() counts a completed activation as failed",
    seeds: [1, 4],
    file: "src/engine/apply.ts",
    find: "      job.completed++;",
    put: "      job.failed++;",
  },
  {
    name: "apply() holds activations after job_resumed",
    seeds: [1, 4],
    file: "src/engine/apply.ts",
    find: `if (live.state === "held") release(job, live, event.at);
        else startClocks`,
    put: "startClocks",
  },
  {
    name: "decide() completes activations of a stopping job",
    seeds: [115, 59, 8, 75],
    file: "src/engine/decide.ts",
    find: `    case "complete":
      return job.stopping`,
    put: `    case "complete":
      return job.stopping && job.seq < 0`,
  },
  {
    name: "ActivationSource ignores the concurrency limit",
    seeds: [36, 76, 92],
    file: "src/flow/activation_source.ts",
    find: "    this.concurrency = flow.concurrency;",
    put: "    this.concurrency = 64;",
  },
  {
    name: "CommitLog drops events after a failed write",
    seeds: [2, 14],
    file: "src/flow/commit_log.ts",
    find: "      else this.#fail(error, batch);",
    put: "      else this.#writing = undefined;",
  },
  {
    name: "CommitLog never ends an outage",
    seeds: [2, 14],
    file: "src/flow/commit_log.ts",
    find: "    this.#outage = undefined;\n    clearTimer",
    put: "    clearTimer",
  },
  {
    name: "JournalReader reads events in reverse order",
    seeds: [1],
    file: "src/store/journal_reader.ts",
    find: "WHERE job = ? AND last_seq > ? ORDER BY last_seq",
    put: "WHERE job = ? AND last_seq > ? ORDER BY last_seq DESC",
  },
  {
    name: "apply() does not count a retry",
    seeds: [8, 35],
    file: "src/engine/apply.ts",
    find: "  live.retries++;\n",
    put: "",
  },
  {
    name: "Runner commits the emits of a failed attempt",
    seeds: [8, 12],
    file: "src/worker/runner.ts",
    find: `else this.#end(activation, { type: "failed", task, error: failure });`,
    put: `else this.#succeed(activation);`,
  },
  {
    name: "SharedDataBuffer.resolve() ignores the committed value",
    seeds: [1, 4],
    file: "src/worker/shared_data_buffer.ts",
    find: `this.#changed(key, value, pending.changes, "made")`,
    put: `this.#changed(key, { found: false, value: undefined }, pending.changes, "made")`,
  },
  {
    name: "Engine.take() takes from a paused job",
    seeds: [18, 22],
    file: "src/engine/line.ts",
    find: `(job.status === "running" || job.status === "pending")`,
    put: "job.status.length > 0",
  },
  {
    name: "SqliteStore.append() drops the last event",
    seeds: [1, 8],
    file: "src/store/sqlite_store.ts",
    find: "journal.append(events);",
    put: "journal.append(events.length > 3 ? events.slice(0, -1) : events);",
  },
  {
    name: "JournalReader.unfinished() omits the first job",
    seeds: [4, 5],
    file: "src/store/journal_reader.ts",
    find: "WHERE ended_at IS NULL AND flow_id = ? ORDER BY jobs.id",
    put: "WHERE ended_at IS NULL AND flow_id = ? AND jobs.id > 1 ORDER BY jobs.id",
  },
];
