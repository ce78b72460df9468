import type { Contender, FlowContender } from "./contender.ts";

/** The module of each pool contender, by its name in the tables. */
const POOLS = {
  "Millrace": "millrace",
  "piscina": "piscina",
  "poolifier-web-worker": "poolifier_web_worker",
  "workerpool": "workerpool",
  "comlink": "comlink",
  "raw worker": "raw_worker",
  "bare batching pool": "batching_pool",
} as const;

/** The module of each flow contender. */
const FLOWS = {
  "Millrace": "millrace_flow",
  "flowcraft": "flowcraft",
  "p-graph": "p_graph",
  "bare batching flow": "batching_flow",
} as const;

/** The name of a pool contender. */
export type PoolName = keyof typeof POOLS;

/** The name of a flow contender. */
export type FlowName = keyof typeof FLOWS;

/** The names of all pool contenders. */
export const POOL_NAMES = Object.keys(POOLS) as PoolName[];

/** The names of all flow contenders. */
export const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

/** The libraries with which Millrace is compared. */
export const PEER_NAMES: readonly PoolName[] = [
  "piscina",
  "poolifier-web-worker",
  "workerpool",
  "comlink",
];

/** The pools with an option for the number of tasks that a worker executes at once. */
export const CONCURRENT_NAMES: readonly PoolName[] = [
  "Millrace",
  "piscina",
  "poolifier-web-worker",
];

/** Loads a pool contender, and no other, which would slow down a cold start. */
export async function loadPool(name: string): Promise<Contender> {
  return (await load(POOLS[name as PoolName])).contender as Contender;
}

/** Loads a flow contender, and no other. */
export async function loadFlow(name: string): Promise<FlowContender> {
  return (await load(FLOWS[name as FlowName])).contender as FlowContender;
}

async function load(file: string): Promise<{ contender: unknown }> {
  // With a plain string, Deno would load all of them at once.
  return await import(new URL(`./${file}.ts`, import.meta.url).href);
}
