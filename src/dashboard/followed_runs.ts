import { InvalidOptionError } from "../errors/call_errors.ts";
import type { Flow } from "../flow/flow.ts";
import { flowSource } from "../run/flow_source.ts";
import type { RunSource } from "../run/run_source.ts";
import { FollowedRun } from "./followed_run.ts";

/** The flows of a dashboard, by id. */
export class FollowedRuns implements Disposable {
  readonly #given: Iterable<Flow | RunSource>;
  readonly #runs = new Map<string, FollowedRun>();

  /**
   * @param given The flows, or other runs. They are listed again with each access, as a journal can gain flows.
   * @throws {InvalidOptionError} If two of them have the same id.
   */
  constructor(given: Iterable<Flow | RunSource>) {
    this.#given = given;
    const ids = new Set<string>();
    for (const one of given) {
      const { flowId } = sourceOf(one);
      if (ids.has(flowId)) {
        throw new InvalidOptionError("runs", flowId, "flows with different ids", {
          message: `two flows have the id "${flowId}"; give each an id of its own`,
        });
      }
      ids.add(flowId);
    }
  }

  /** Returns all flows. */
  list(): FollowedRun[] {
    for (const one of this.#given) {
      const flowId = "flowId" in one ? one.flowId : one.id;
      if (!this.#runs.has(flowId)) this.#runs.set(flowId, new FollowedRun(sourceOf(one)));
    }
    return [...this.#runs.values()];
  }

  /** Returns a flow; `undefined` if there is none with this id. */
  get(flowId: string): FollowedRun | undefined {
    return this.#runs.get(flowId) ?? this.list().find(({ source }) => source.flowId === flowId);
  }

  /** Stops following. */
  [Symbol.dispose](): void {
    for (const run of this.#runs.values()) run[Symbol.dispose]();
  }
}

function sourceOf(one: Flow | RunSource): RunSource {
  return "flowId" in one ? one : flowSource(one);
}
