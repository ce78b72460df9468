import type { Session } from "../contenders/contender.ts";
import { loadPool, POOL_NAMES } from "../contenders/registry.ts";
import { takeTurns } from "../harness/turns.ts";
import type { Figure, Workload } from "../harness/workload.ts";

const SIZES = [
  { key: "kb1", title: "1 KB", bytes: 1_000, times: 500, unit: "µs" },
  { key: "kb100", title: "100 KB", bytes: 100_000, times: 300, unit: "µs" },
  { key: "mb8", title: "8 MB", bytes: 8_000_000, times: 100, unit: "ms" },
] as const;
const BUDGET_MS = 500;

/** Sends bytes to a worker and back. */
export const payloads: Workload = {
  name: "payloads",
  title: "Payloads of 1 KB, 100 KB and 8 MB",
  about:
    "One payload at a time there and back, copied both ways and transferred both ways; and the 8 MB transferred against those of a raw worker in the same process, the two taking turns. poolifier-web-worker transfers there and copies back: it cannot transfer a result.",
  figures: [
    ...SIZES.flatMap(({ key, title, unit }): Figure[] => [
      { key: `${key}Copied`, title: `${title} copied`, unit },
      { key: `${key}Moved`, title: "transferred", unit },
    ]),
    { key: "ratio", title: "against raw", unit: "×" },
  ],
  cases: POOL_NAMES,
  async open(name, { maxWorkers, quick }) {
    const { version, start } = await loadPool(name);
    const session = await start({ maxWorkers, tasks: "tiny" });
    const raw = await (await loadPool("raw worker")).start({ maxWorkers, tasks: "tiny" });
    const all = async (share: number) => {
      const sample: Record<string, number> = {};
      for (const { key, bytes, times, unit } of SIZES) {
        const count = Math.ceil(times * share);
        const per = unit === "µs" ? 1_000 : 1;
        sample[`${key}Copied`] = await copied(session, bytes, count) * per;
        sample[`${key}Moved`] = await moved(session, bytes, count) * per;
      }
      const [ours, theirs] = [session, raw].map((one) => () => moved(one, 8_000_000, 5)) as Pair;
      sample.ratio = await takeTurns(share * 500, ours, theirs);
      return sample;
    };
    await all(quick ? 0.1 : 0.5);
    return {
      version,
      measure: () => all(quick ? 0.1 : 1),
      async close() {
        await session.close();
        await raw.close();
      },
    };
  },
};

type Pair = [() => Promise<number>, () => Promise<number>];

/** Returns the time for a copy to a worker and a copy back, in milliseconds. */
function copied(session: Session, size: number, times: number): Promise<number> {
  const bytes = new Uint8Array(size);
  return meanOf(times, async () => {
    const back = await session.run("echo", bytes);
    if (back.length !== size || back[0] !== 1 || bytes[0] !== 0) throw new Error("not a copy");
  });
}

/** Returns the time for moving the same memory to a worker and back, in milliseconds. */
function moved(session: Session, size: number, times: number): Promise<number> {
  let bytes = new Uint8Array(size);
  let mark = 0;
  return meanOf(times, async () => {
    const back = await session.run("move", bytes, [bytes.buffer]);
    mark = (mark + 1) & 0xff;
    if (back.length !== size || back[0] !== mark) throw new Error("not what was sent");
    if (bytes.length !== 0) throw new Error("copied, not transferred");
    bytes = back;
  });
}

/** Returns the average time of an action, in milliseconds. A slow action is repeated less often. */
async function meanOf(times: number, act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  while (done < times && (done === 0 || performance.now() - startedAt < BUDGET_MS)) {
    await act();
    done++;
  }
  return (performance.now() - startedAt) / done;
}
