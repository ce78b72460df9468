import { serializeError } from "../../src/data/serialized_error.ts";
import { fold } from "../../src/engine/apply.ts";
import type { Command, Rules } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import { hasEnded, hasOpenFeed, type Job, type LiveActivation } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { type Behaviour, dies, early, type Emission, emissions, fails } from "./behaviour.ts";
import { type Parcel, parcelOf } from "./behaviour.ts";
import { engineRules, unitEffects } from "./engine_rules.ts";
import { jobId, type Plan, routineId } from "./plan.ts";

/** The last step of an engine. */
export interface Moment {
  readonly engine: Engine;
  readonly job: Job;
  /** The events of this step of the job, then all of the job. */
  readonly events: readonly JobEvent[];
  readonly stream: readonly JobEvent[];
  /** `true` if the job just had its turn. */
  readonly hadTurn: boolean;
  /** The activation that was just begun, if one was. */
  readonly begun: LiveActivation | undefined;
}

/** A job and all that happened to it. */
export interface Driven {
  job: Job;
  readonly stream: JobEvent[];
}

interface Executing {
  readonly job: Job;
  readonly live: LiveActivation;
  /** The emits that are left. */
  emissions: readonly Emission[];
  hasFlushed: boolean;
}

/** The actions on an engine, and the weight of each. */
const ACTIONS = Object.entries({
  take: 40,
  end: 40,
  due: 10,
  start: 15,
  feed: 15,
  giveBack: 4,
  progress: 2,
  pause: 4,
  resume: 8,
  cancel: 1,
  drop: 1,
  takeOver: 1,
}).flatMap(([action, times]) => Array<string>(times).fill(action));

const failure = serializeError(new RangeError("no"));

/**
 * Drives an engine as a pool and a user would, in the order that the choices give, until every job has
 * ended.
 *
 * @param plan The flow and its jobs.
 * @param choices Any numbers.
 * @param observe Called after everything that happens.
 * @returns The jobs, in the order in which they were started.
 */
export function driveEngine(
  plan: Plan,
  choices: Iterator<number>,
  observe: (moment: Moment) => void = () => {},
): Driven[] {
  return new Driver(plan, choices, observe).drive();
}

class Driver {
  readonly #rules: Rules;
  readonly #driven: Driven[] = [];
  /** The payloads that are still to be fed, by job; a job without any has its feed ended next. */
  readonly #fed = new Map<string, Parcel[]>();
  #engine: Engine;
  #executing: Executing[] = [];
  #time = 0;

  constructor(
    readonly plan: Plan,
    readonly choices: Iterator<number>,
    readonly observe: (moment: Moment) => void,
  ) {
    this.#rules = engineRules(plan);
    this.#engine = new Engine("generated", this.#rules);
  }

  drive(): Driven[] {
    for (let steps = 0; this.#isGoingOn; steps++) {
      if (steps > 50_000) throw new Error("the jobs come to no end");
      this.#do(this.#choose(ACTIONS) ?? "end");
    }
    return this.#driven;
  }

  get #isGoingOn(): boolean {
    return this.#driven.length < this.plan.jobs.length || this.#unfinished.length > 0;
  }

  get #unfinished(): Job[] {
    return this.#driven.map(({ job }) => job).filter((job) => !hasEnded(job));
  }

  #do(action: string): void {
    const job = this.#choose(this.#unfinished);
    const live = job && this.#choose([...job.live.values()]);
    if (action === "take") return this.#take();
    if (action === "giveBack") return this.#giveBack();
    if (action === "end") return this.#end(this.#choose(this.#executing));
    if (action === "start") return this.#start();
    if (action === "feed") return this.#feed();
    if (action === "takeOver") return this.#takeOver();
    if (job === undefined || live === undefined) return;
    const { activationId } = live.activation;
    if (action === "pause" || action === "resume") return this.#execute(job, { type: action });
    if (action === "cancel") {
      return this.#execute(job, { type: "stop", outcome: "cancelled", error: failure });
    }
    if (action === "due") return this.#due(job, live);
    // One that executes is aborted, and ends as dropped when it stops: here, at once.
    this.#executing = this.#executing.filter((one) => action !== "drop" || one.live !== live);
    if (action === "drop") {
      return this.#execute(job, { type: "drop", activationId, error: failure });
    }
    if (live.state === "executing") this.#execute(job, { type: "progress", activationId, data: 1 });
  }

  #start(): void {
    const next = this.plan.jobs[this.#driven.length];
    if (next === undefined) return;
    const { budget, tag, routine, slot } = next;
    const id = jobId(this.#driven.length);
    const payload = parcelOf(budget, tag);
    const entry = { jobId: id, routineId: routineId(routine), slot };
    const isFed = this.#next() % 3 === 0;
    if (isFed) this.#fed.set(id, [payload]);
    const start = isFed ? { ...entry, payload: undefined, isFed } : { ...entry, payload };
    const event = this.#engine.start(start, ++this.#time);
    const job = this.#engine.job(id) as Job;
    this.#driven.push({ job, stream: [] });
    this.#report(job, [event]);
  }

  /** Feeds the payload of a job that is fed, or ends its feed. */
  #feed(): void {
    const job = this.#choose(this.#unfinished.filter(hasOpenFeed));
    if (job === undefined) return;
    const payload = this.#fed.get(job.jobId)?.shift();
    this.#execute(
      job,
      payload === undefined ? { type: "endFeed" } : { type: "feed", payloads: [payload] },
    );
  }

  #take(): void {
    if (this.#executing.length >= this.plan.limit) return;
    const taken = this.#engine.take();
    if (taken === undefined) return;
    const { job, live } = taken;
    const { activationId, routineId, slot, payload } = live.activation;
    const list = emissions(this.#behaviour(live), routineId, slot, payload as Parcel);
    this.#executing.push({ job, live, emissions: list, hasFlushed: false });
    const workerId = `w${this.#next() % 4}`;
    const command = { type: "begin", activationId, workerId } as const;
    this.#execute(job, command, { hadTurn: true, begun: live });
  }

  /** Takes one that no worker begins. */
  #giveBack(): void {
    const taken = this.#engine.take();
    if (taken === undefined) return;
    this.#report(taken.job, [], { hadTurn: true });
    this.#engine.giveBack(taken.job, taken.live);
  }

  #due(job: Job, live: LiveActivation): void {
    // At once, and it is in line already.
    if (live.state !== "queued" || live.retries === 0 || live.dueAt <= this.#time) return;
    this.#time = live.dueAt;
    this.#engine.due(job, live);
  }

  #end(one: Executing | undefined): void {
    if (one === undefined) return;
    const { job, live } = one;
    const { activationId, payload } = live.activation;
    const behaviour = this.#behaviour(live);
    if (behaviour.flushes && !one.hasFlushed) return this.#flush(one, behaviour);
    this.#executing.splice(this.#executing.indexOf(one), 1);
    const execution = { workerId: live.workerId ?? "", startedAt: this.#time, endedAt: this.#time };
    const failed = { type: "fail", activationId, error: failure, chance: 0.5 } as const;
    // An attempt that was lost with its process has a number as well, and is none that failed.
    const attempt = live.retries + 1;
    if (fails(behaviour, payload as Parcel, attempt)) {
      this.#execute(job, { ...failed, execution });
    } else if (dies(behaviour, payload as Parcel, attempt)) {
      this.#execute(job, { ...failed, execution: undefined, crashed: true });
    } else {
      const effects = unitEffects(job, live, one.emissions, "late", this.#time);
      this.#execute(job, { type: "complete", activationId, effects, execution });
    }
  }

  #flush(one: Executing, behaviour: Behaviour): void {
    const { job, live } = one;
    const first = early(behaviour, one.emissions);
    one.emissions = one.emissions.slice(first.length);
    one.hasFlushed = true;
    // The worker leaves out what an earlier attempt has committed.
    if (live.flushes > 0) return;
    const { activationId } = live.activation;
    const effects = unitEffects(job, live, first, "early", this.#time);
    this.#execute(job, { type: "flush", activationId, effects });
  }

  /**
   * The process dies, and another one takes over what is left. Where workers die, it leaves its jobs
   * first: lost processes would count among the lost workers that set an activation aside.
   */
  #takeOver(): void {
    if (this.plan.routines.some(({ diesOn }) => diesOn > 0)) {
      for (const job of this.#unfinished) this.#execute(job, { type: "leave" });
    }
    this.#engine = new Engine("generated", this.#rules);
    this.#executing = [];
    for (const driven of this.#driven) {
      if (hasEnded(driven.job)) continue;
      driven.job = fold(structuredClone(driven.stream));
      this.#engine.adopt(driven.job, ++this.#time);
      this.#execute(driven.job, { type: "recover" });
    }
  }

  #execute(job: Job, command: Command, moment?: Partial<Moment>): void {
    this.#report(job, this.#engine.dispatch(job, command, ++this.#time), moment);
  }

  #report(job: Job, events: readonly JobEvent[], moment?: Partial<Moment>): void {
    const stream = this.#driven.find((driven) => driven.job === job)?.stream ?? [];
    stream.push(...events);
    const engine = this.#engine;
    this.observe({ engine, job, events, stream, hadTurn: false, begun: undefined, ...moment });
  }

  #behaviour({ activation: { routineId } }: LiveActivation): Behaviour {
    return this.plan.routines[Number(routineId.slice(1))] as Behaviour;
  }

  #choose<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#next() % Math.max(1, items.length)];
  }

  #next(): number {
    return this.choices.next().value as number;
  }
}
