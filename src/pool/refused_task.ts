import type { Found } from "../routine/found.ts";
import type { Binding, Task } from "./task.ts";

/** A task that a worker has begun, going straight on from another one, and that its source has refused: it has no effects. */
export class RefusedTask implements Task {
  readonly binding: Binding;
  readonly slot: string;
  readonly payload = undefined;
  readonly transfer = undefined;
  readonly jobId: string;
  readonly activationId: string;
  readonly attempt = 1;
  handle: unknown = undefined;

  /** @param after The task from which the worker went on. */
  constructor({ binding, slot, jobId, activationId }: Task) {
    this.binding = binding;
    this.slot = slot;
    this.jobId = jobId;
    this.activationId = activationId;
  }

  begin(): void {}
  end(): void {}
  restart(): void {}
  progress(): void {}
  lock(): void {}

  /** Never resolves, as nothing of it is committed. */
  flush(): Promise<void> {
    return new Promise(() => {});
  }

  get(): Found {
    return { found: false, value: undefined };
  }

  keys(): string[] {
    return [];
  }

  routineState(): Readonly<Record<string, unknown>> {
    return {};
  }
}
