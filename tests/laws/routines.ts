import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow/routine";
import { type Behaviour, contentOf, dies, early, emissions, fails } from "./behaviour.ts";
import type { Parcel } from "./behaviour.ts";
import { standStill } from "../routines/stand_still.ts";
import { Gauge } from "./gauge.ts";
import { COUNT, keyOf, unitOf } from "./units.ts";

/** The config of a generated routine. */
export interface StepConfig extends Behaviour {
  /** Count what executes, over all workers. */
  readonly gauges: readonly SharedArrayBuffer[];
}

const events = { x: event<Parcel>(), y: event<Parcel>() };
type Context = RoutineContext<typeof events, StepConfig>;

const config: StepConfig = {
  emits: [],
  receivers: { x: 0, y: 0 },
  failsOn: 0,
  diesOn: 0,
  healsAt: 1,
  takesMs: 0,
  spins: false,
  scribbles: false,
  flushes: false,
  gauges: [],
};

/** A routine that does what its config says, added to a flow under as many ids as it needs. */
export const step = defineRoutine(import.meta, {
  slots: { a: slot<Parcel>(), b: slot<Parcel>() },
  events,
  config,
  handlers: { a: act, b: act },
});

async function act(parcel: Parcel, ctx: Context): Promise<void> {
  const gauges = ctx.config.gauges.map((memory) => new Gauge(memory));
  for (const gauge of gauges) gauge.enter();
  try {
    await work(parcel, ctx);
  } finally {
    for (const gauge of gauges) gauge.leave();
  }
  if (!dies(ctx.config, parcel, ctx.attempt)) return;
  self.close();
  await new Promise(() => {});
}

async function work(parcel: Parcel, ctx: Context): Promise<void> {
  const { config, routineId, slot } = ctx;
  checkContent(parcel);
  const list = emissions(config, routineId, slot, parcel);
  const first = early(config, list);
  if (config.flushes) {
    emit(first, ctx);
    leave(unitOf(ctx.activationId, "early"), parcel, ctx);
    await ctx.flush();
  }
  await pass(config);
  emit(list.slice(first.length), ctx);
  leave(unitOf(ctx.activationId, "late"), parcel, ctx);
  if (config.scribbles) scribble(parcel);
  if (fails(config, parcel, ctx.attempt)) throw new RangeError(`refused ${parcel.tag}`);
}

function checkContent({ tag, content }: Parcel): void {
  const { list, bytes } = contentOf(tag);
  if (String(list) === String(content.list) && String(bytes) === String(content.bytes)) return;
  throw new Error(`the content of ${tag} was changed to ${content.list}, ${content.bytes}`);
}

/** Changes a parcel in a way that must be seen by nobody else. */
function scribble({ content }: Parcel): void {
  content.list.push(-1);
  content.bytes.fill(0);
}

function emit(emissions: readonly { event: "x" | "y"; parcel: Parcel }[], ctx: Context): void {
  for (const { event, parcel } of emissions) {
    ctx.emit(event, parcel);
    // The emitted payload is a copy.
    scribble(parcel);
  }
}

/** Leaves the name of a unit in every place there is. */
function leave(unit: string, { tag }: Parcel, ctx: Context): void {
  const value = { tag, jobId: ctx.jobId };
  ctx.sharedData.set(keyOf(unit), value);
  value.jobId = "changed after it was set";
  ctx.sharedLog.append({ unit, tag });
  ctx.routineState.patch({ [unit]: tag });
  void ctx.sharedData.update(COUNT, (count: number = 0) => count + 1);
}

async function pass({ takesMs, spins }: StepConfig): Promise<void> {
  if (takesMs === 0) return;
  if (!spins) return await new Promise((resolve) => setTimeout(resolve, takesMs));
  standStill(takesMs);
}
