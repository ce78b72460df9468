// Requests to a dashboard, as its page sends them.

import type {
  Action,
  ActionResult,
  ApiError,
  FlowInfo,
  JobDetail,
} from "../../src/dashboard/api.ts";
import type { Dashboard } from "../../src/dashboard/dashboard.ts";
import type { JobPage } from "../../src/run/job_query.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";

/** An event of a stream. */
export interface SseEvent {
  readonly type: string;
  readonly id: string | undefined;
  // deno-lint-ignore no-explicit-any
  readonly data: any;
}

export class DashboardClient {
  readonly origin: string;
  readonly token: string;
  readonly port: number;

  constructor({ url, port }: Dashboard) {
    const parsed = new URL(url);
    this.origin = parsed.origin;
    this.token = parsed.hash.replace("#token=", "");
    this.port = port;
  }

  get authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.authorization, ...init.headers as Record<string, string> };
    return await fetch(`${this.origin}${path}`, { ...init, headers });
  }

  async json<T>(path: string): Promise<T> {
    const answer = await this.get(path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text);
  }

  flows(): Promise<FlowInfo[]> {
    return this.json("/api/flows");
  }

  snapshot(flow: string): Promise<RunSnapshot> {
    return this.json(`/api/flows/${encodeURIComponent(flow)}/snapshot`);
  }

  jobs(flow: string, query = ""): Promise<JobPage> {
    return this.json(`/api/flows/${encodeURIComponent(flow)}/jobs?${query}`);
  }

  job(flow: string, job: string): Promise<JobDetail> {
    return this.json(this.pathOf(flow, job));
  }

  pathOf(flow: string, job: string): string {
    return `/api/flows/${encodeURIComponent(flow)}/jobs/${encodeURIComponent(job)}`;
  }

  async value(flow: string, job: string, path: string): Promise<string> {
    const query = new URLSearchParams({ path });
    return await (await this.get(`${this.pathOf(flow, job)}/value?${query}`)).text();
  }

  async act(
    flow: string,
    action: Action,
  ): Promise<{ readonly status: number; readonly body: ActionResult & Partial<ApiError> }> {
    const answer = await this.get(`/api/flows/${encodeURIComponent(flow)}/actions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Reads a stream until it ends, or the reader stops. */
  async *stream(path: string, headers: Record<string, string> = {}): AsyncGenerator<SseEvent> {
    const abort = new AbortController();
    const answer = await this.get(path, { headers, signal: abort.signal });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    let rest = "";
    try {
      for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + text).split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) {
          const event = eventOf(part);
          if (event !== undefined) yield event;
        }
      }
    } finally {
      abort.abort();
    }
  }

  /** Sends bytes as they are, and returns the answer up to the end of the connection or of its headers. */
  async raw(request: string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await connection.write(Uint8Array.from(request, (char) => char.charCodeAt(0)));
    const buffer = new Uint8Array(65_536);
    let text = "";
    while (!text.includes("\r\n\r\n")) {
      const size = await connection.read(buffer).catch(() => null);
      if (size === null) break;
      text += new TextDecoder().decode(buffer.subarray(0, size));
    }
    return text;
  }
}

function eventOf(part: string): SseEvent | undefined {
  const fields = new Map(
    part.split("\n").filter((line) => !line.startsWith(":")).map((line) => {
      const [name = "", ...value] = line.split(": ");
      return [name, value.join(": ")];
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { type: fields.get("event") ?? "", id: fields.get("id"), data: JSON.parse(data) };
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!await holds()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
