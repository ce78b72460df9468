import { serializeError } from "../../src/data/serialized_error.ts";
import type { RetryVerdict } from "../../src/engine/after_failure.ts";
import type { Command } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import { hasEnded, type Job, type LiveActivation } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { effectivePolicy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import type { Effects } from "../../src/routine/effects.ts";
import { ACTIONS } from "./actions.ts";
import type { Plan } from "./engine_plan.ts";
import { habitual, type Parcel } from "./routines.ts";

/** The last step of a drive. */
export interface Moment {
  readonly job: Job;
  readonly command: Command | undefined;
  readonly events: readonly JobEvent[];
  readonly at: number;
}

interface Executing {
  readonly job: Job;
  readonly live: LiveActivation;
}

const VERDICTS: readonly (RetryVerdict | undefined)[] = [
  undefined,
  { isRetryable: true },
  { isRetryable: false },
  { isRetryable: false, thrown: { name: "EvalError", message: "cannot tell" } },
];

const ERRORS = [new RangeError("no"), new Error("no")].map(serializeError);

/**
 * Drives an engine as a pool, a clock and a user would, in the order that the choices give, until every
 * job has ended.
 */
export class Drive {
  readonly engine: Engine;
  readonly jobs: Job[] = [];
  readonly events = new Map<Job, JobEvent[]>();
  readonly #executing: Executing[] = [];
  readonly #due: { readonly dueAt: number; readonly job: Job; readonly live: LiveActivation }[] =
    [];
  #at = 0;

  constructor(
    readonly plan: Plan,
    readonly choices: Iterator<number>,
    readonly observe: (moment: Moment) => void,
  ) {
    const nodes = plan.routines.map((_, i) => ({ id: `r${i}`, routine: habitual, config: {} }));
    const connections = plan.wires.map(({ from, to, isError }) => {
      return { from: `r${from}.${isError ? "$error" : "out"}`, to: `r${to}.item`, map: undefined };
    });
    const policies = new Map(
      plan.routines.map(({ policy }, i) => [`r${i}`, effectivePolicy(policy, {})]),
    );
    const routes = new Routes({ nodes, connections });
    this.engine = new Engine("generated", { routes, policies, maxCrashes: plan.maxCrashes });
  }

  run(): void {
    for (
      let steps = 0;
      this.jobs.length < this.plan.jobs.length || this.#open.length > 0;
      steps++
    ) {
      // In the end only what must happen happens, so that jobs that wait for a resume end.
      const isLate = steps > 400;
      if (steps > 5_000) throw new Error("the jobs come to no end");
      this.#at++;
      this.#ring();
      if (isLate) {
        for (const job of this.#open) this.#do(job, { type: "resume" });
        for (const job of this.#open) this.#expire(job);
        this.#act("start");
        this.#act("take");
        this.#act("complete");
      } else this.#act(ACTIONS[this.#next() % ACTIONS.length] ?? "take");
    }
  }

  get #open(): Job[] {
    return this.jobs.filter((job) => !hasEnded(job));
  }

  #act(action: typeof ACTIONS[number]): void {
    const job = this.#choose(this.#open);
    switch (action) {
      case "start":
        return this.#start();
      case "take":
        return this.#take();
      case "complete":
        return this.#end(({ live }) => this.#complete(live));
      case "fail":
        return this.#end(({ live }) => this.#fail(live, {}));
      case "crash":
        return this.#end(({ live }) => this.#fail(live, { crashed: true }));
      case "outOfTime":
        return this.#end(({ live }) => this.#fail(live, { isLast: true }));
      case "flush":
      case "progress":
        return this.#during(action);
    }
    if (job === undefined) return;
    switch (action) {
      case "pause":
      case "resume":
        return this.#do(job, { type: action });
      case "signal":
        return this.#do(job, { type: "signal", signal: "go", payload: { budget: 1 } });
      case "expire":
        return this.#expire(job);
      case "withdraw": {
        const waitIds = [...job.waits?.keys() ?? []].filter(() => this.#next() % 2 === 0);
        return this.#do(job, { type: "withdraw", waitIds, reason: undefined });
      }
      case "stop":
        if (this.#next() % 4 > 0) return;
        return this.#do(job, { type: "stop", outcome: "cancelled", error: this.#error() });
      case "drop":
      case "outOfTimeQueued": {
        const live = this.#choose([...job.live.values()].filter(({ state }) => state === "queued"));
        if (live === undefined) return;
        const { activationId } = live.activation;
        const error = this.#error();
        return this.#do(
          job,
          action === "drop"
            ? { type: "drop", activationId, error }
            : this.#fail(live, { isLast: this.#next() % 2 === 0, execution: undefined }),
        );
      }
    }
  }

  #start(): void {
    const next = this.plan.jobs[this.jobs.length];
    if (next === undefined) return;
    const jobId = `j${this.jobs.length}`;
    const payload = { budget: next.budget, tag: this.jobs.length };
    const start = { jobId, routineId: `r${next.routine}`, slot: "item", payload };
    const event = this.engine.start(start, this.#at);
    const job = this.engine.job(jobId) as Job;
    this.jobs.push(job);
    this.#report(job, undefined, [event]);
  }

  #take(): void {
    const taken = this.engine.take();
    if (taken === undefined) return;
    this.#executing.push(taken);
    const { activationId } = taken.live.activation;
    this.#do(taken.job, { type: "begin", activationId, workerId: `w${this.#next() % 3}` });
  }

  #end(how: (one: Executing) => Command): void {
    const one = this.#choose(this.#executing);
    if (one === undefined) return;
    this.#executing.splice(this.#executing.indexOf(one), 1);
    this.#do(one.job, how(one));
  }

  #during(action: "flush" | "progress"): void {
    const one = this.#choose(this.#executing);
    if (one === undefined) return;
    const { activationId } = one.live.activation;
    if (action === "progress") return this.#do(one.job, { type: action, activationId, data: 1 });
    // The worker leaves out what was committed before.
    if (one.live.flushes > 0) return;
    const effects = { ...this.#effects(one.live, "early"), emits: [] };
    this.#do(one.job, { type: action, activationId, effects });
  }

  #complete(live: LiveActivation): Command {
    const { activationId } = live.activation;
    const effects = this.#effects(live, "late");
    return { type: "complete", activationId, effects, execution: this.#execution };
  }

  #fail(live: LiveActivation, how: Partial<Extract<Command, { type: "fail" }>>): Command {
    const { activationId } = live.activation;
    const chance = this.#next() % 100 / 100;
    const execution = this.#execution;
    const verdict = this.#choose(VERDICTS);
    const failure = { error: this.#error(), execution, chance, verdict };
    return { type: "fail", activationId, ...failure, ...how };
  }

  #expire(job: Job): void {
    const wait = this.#choose([...job.waits?.values() ?? []]);
    if (wait === undefined) return;
    const error = this.#error();
    const verdict = this.#choose(VERDICTS);
    this.#do(job, { type: "expire", waitId: wait.waitId, error, chance: 0.5, verdict });
  }

  #effects({ activation }: LiveActivation, part: "early" | "late"): Effects {
    const { activationId, routineId, payload } = activation;
    // A payload that came over `$error` or from a fallback has no budget of its own.
    const budget = (payload as Partial<Parcel>)?.budget ?? 1;
    const { emits } = this.plan.routines[Number(routineId.slice(1))] ?? { emits: 0 };
    const timestamp = this.#at;
    const unit = `${activationId} ${part}`;
    const share = { budget: Math.floor((budget - 1) / Math.max(1, emits)), tag: 0 };
    const waits = budget % 5 === 4 ? { waits: [{ signal: "go", slot: "item" }] } : undefined;
    const when = budget % 7 === 6 ? { when: "resumed" } as const : undefined;
    return {
      emits: share.budget < 1 ? [] : Array.from(
        { length: emits },
        () => ({ event: "out", payload: share, timestamp, ...when }),
      ),
      sharedData: [{ key: unit, value: activationId }],
      sharedLog: [{ timestamp, data: unit }],
      routineState: { [unit]: true },
      ...part === "late" && waits,
    };
  }

  get #execution() {
    return { workerId: "w0", startedAt: this.#at, endedAt: this.#at };
  }

  #error() {
    return ERRORS[this.#next() % ERRORS.length] as typeof ERRORS[number];
  }

  #do(job: Job, command: Command): void {
    this.#report(job, command, this.engine.dispatch(job, command, this.#at));
  }

  #report(job: Job, command: Command | undefined, events: readonly JobEvent[]): void {
    const stream = this.events.get(job) ?? [];
    stream.push(...events);
    this.events.set(job, stream);
    for (const event of events) {
      if (event.type !== "activation_retrying" || event.dueAt <= event.at) continue;
      const live = job.live.get(event.activationId);
      if (live !== undefined) this.#due.push({ dueAt: event.dueAt, job, live });
    }
    this.observe({ job, command, events, at: this.#at });
  }

  /** The times of retries come. */
  #ring(): void {
    for (const { job, live, dueAt } of this.#due.filter(({ dueAt }) => dueAt <= this.#at)) {
      if (live.state === "queued" && live.dueAt === dueAt) this.engine.due(job, live);
    }
    const left = this.#due.filter(({ dueAt }) => dueAt > this.#at);
    this.#due.splice(0, Infinity, ...left);
  }

  #choose<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#next() % Math.max(1, items.length)];
  }

  #next(): number {
    return this.choices.next().value as number;
  }
}
