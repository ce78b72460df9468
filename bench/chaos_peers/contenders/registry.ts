import type { Contender } from "./contender.ts";

/** The pools. Each is loaded only in the process that needs it. */
export const CONTENDERS = {
  Millrace: async (): Promise<Contender> => (await import("./millrace.ts")).contender,
  piscina: async (): Promise<Contender> => (await import("./piscina.ts")).contender,
  "poolifier-web-worker": async (): Promise<Contender> =>
    (await import("./poolifier_web_worker.ts")).contender,
  workerpool: async (): Promise<Contender> => (await import("./workerpool.ts")).contender,
} as const;

/** The name of one of them. */
export type ContenderName = keyof typeof CONTENDERS;

export const CONTENDER_NAMES = Object.keys(CONTENDERS) as ContenderName[];
