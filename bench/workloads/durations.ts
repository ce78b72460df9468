import { POOL_NAMES } from "../contenders/registry.ts";
import type { Workload } from "../harness/workload.ts";
import { spinAll, warmUpSpin } from "./busy.ts";
import { poolProbe } from "./pool_probe.ts";

/** Tasks of one length each time. */
export const durations: Workload = {
  name: "durations",
  title: "Tasks of 50 µs, 1 ms and 20 ms",
  about:
    "4000 tasks of 50 µs of CPU, 400 of 1 ms and 20 of 20 ms, asked for at once: the time until the last has ended, and the same against workers that are never idle.",
  figures: [
    { key: "us50", title: "50 µs", unit: "ms" },
    { key: "us50Ratio", title: "against ideal", unit: "×" },
    { key: "ms1", title: "1 ms", unit: "ms" },
    { key: "ms1Ratio", title: "against ideal", unit: "×" },
    { key: "ms20", title: "20 ms", unit: "ms" },
    { key: "ms20Ratio", title: "against ideal", unit: "×" },
  ],
  cases: POOL_NAMES,
  open: (name, settings) =>
    poolProbe(name, settings, "busy", async (session) => {
      const scale = settings.quick ? 0.1 : 1;
      const spin = (ms: number, count: number) =>
        spinAll(session, Array(Math.ceil(count * scale)).fill(ms), settings);
      await warmUpSpin(session, settings);
      return async () => {
        const us50 = await spin(0.05, 4_000);
        const ms1 = await spin(1, 400);
        const ms20 = await spin(20, 20);
        return {
          us50: us50.wall,
          us50Ratio: us50.ratio,
          ms1: ms1.wall,
          ms1Ratio: ms1.ratio,
          ms20: ms20.wall,
          ms20Ratio: ms20.ratio,
        };
      };
    }),
};
