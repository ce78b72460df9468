import type { Flow } from "@millrace/flow";
import { dashboard } from "@millrace/flow/dashboard";
import { MemoryStore } from "@millrace/flow/store";
import { medianOf } from "../harness/stats.ts";
import { fiveStages } from "../journal/flows.ts";

/** The times of a dashboard with many jobs, in milliseconds. */
export interface DashboardTimes {
  /** The number of jobs. */
  readonly jobs: number;
  /** The first look, with which the numbers are computed. */
  readonly first: number;
  /** A page of the list. */
  readonly list: number;
  /** A page of the jobs of one status. */
  readonly filter: number;
  /** A page of the jobs whose ids contain a text. */
  readonly search: number;
  /** One job, in detail. */
  readonly open: number;
}

/** Measures the answers of a dashboard, from the request to the last byte. */
export async function measureDashboard(jobs: number): Promise<DashboardTimes> {
  await using flow = fiveStages(new MemoryStore({ retention: { jobs: Infinity } }));
  await Promise.all(
    Array.from({ length: jobs }, (_, i) => flow.execute("first.input", i, { jobId: `job_${i}` })),
  );
  await using view = dashboard(flow as Flow, { port: 0 });
  const url = new URL(view.url);
  const token = new URLSearchParams(url.hash.slice(1)).get("token") ?? "";
  const headers = { Authorization: `Bearer ${token}` };
  const base = new URL(`/api/flows/${encodeURIComponent(flow.id)}/`, url);
  const time = async (path: string) => {
    const begun = performance.now();
    const response = await fetch(new URL(path, base), { headers });
    await response.bytes();
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}`);
    return performance.now() - begun;
  };
  const median = async (path: (i: number) => string) => {
    const times: number[] = [];
    for (let i = 0; i < 21; i++) times.push(await time(path(i)));
    return medianOf(times);
  };
  return {
    jobs,
    first: await time("snapshot"),
    list: await median((i) => `jobs?limit=100&offset=${i * 100}`),
    filter: await median(() => "jobs?status=completed&limit=100"),
    search: await median((i) => `jobs?q=job_${i}5&limit=100`),
    open: await median((i) => `jobs/job_${i * 7}`),
  };
}
