import { cpus } from "node:os";
import { tasks } from "../tasks/tasks.ts";

/** The machine that a benchmark ran on. */
export interface Machine {
  /** The CPU's model. */
  readonly cpu: string;
  /** The number of cores. */
  readonly cores: number;
  /** The memory, in gigabytes. */
  readonly memoryGb: number;
  /** The operating system and the architecture. */
  readonly system: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The version of V8. */
  readonly v8: string;
  /** The average number of runnable processes in the minute before, which should be near zero. */
  readonly load: number;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGb: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    system: `${Deno.build.os} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load: Deno.loadavg()[0] ?? 0,
  };
}

/**
 * Measures the number of loops of `spin` that take a millisecond on this machine, without
 * interruptions.
 */
export function calibrate(): number {
  const loops = 2_000_000;
  const times = Array.from({ length: 40 }, () => tasks.spin(loops));
  return Math.round(loops / Math.min(...times));
}
