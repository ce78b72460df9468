import type { JobEvent } from "../engine/job_event.ts";
import type { FlowShape, JobSummary, Store, StoredJob } from "./store.ts";
export class MemoryStore implements Store {
  readonly isDurable = false;
  #jobs = new Map<string, JobEvent[]>();
  open(_: FlowShape): void {}
  append(events: readonly JobEvent[]): void {
    for (const e of events) {
      this.#jobs.getOrInsertComputed(e.jobId, () => []).push(e);
    }
  }
  snapshot(): void {}
  read(jobId: string): StoredJob | undefined {
    const events = this.#jobs.get(jobId);
    return events && { snapshot: undefined, events };
  }
  unfinished(): StoredJob[] {
    return [];
  }
  shapeOf(): FlowShape | undefined {
    return undefined;
  }
  jobs(): JobSummary[] {
    return [];
  }
  close(): void {}
}
