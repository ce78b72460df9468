import { useCallback, useEffect, useState } from "preact/hooks";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { ApiClient } from "../api/api_client.ts";
import { RequestError } from "../api/request_error.ts";

/** The flows of the server, or the reason why there are none. */
export interface Flows {
  readonly flows: readonly FlowInfo[] | undefined;
  readonly problem: "refused" | "unreachable" | undefined;
  /** Requests the flows again. */
  readonly reload: () => void;
}

/** The time between two attempts to reach the server, in milliseconds. */
const RETRY = 2_000;

/** The time between two requests, in milliseconds, as a store may get other flows. */
const REFRESH = 5_000;

/** Requests the flows of the server, again and again. */
export function useFlows(api: ApiClient): Flows {
  const [flows, setFlows] = useState<readonly FlowInfo[]>();
  const [problem, setProblem] = useState<Flows["problem"]>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((value) => value + 1), []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isCurrent = true;
    const load = async () => {
      try {
        const answer = await api.flows();
        if (!isCurrent) return;
        setFlows(answer);
        setProblem(undefined);
        timer = setTimeout(load, REFRESH);
      } catch (error) {
        if (!isCurrent) return;
        const status = error instanceof RequestError ? error.status : 0;
        setProblem(status === 401 || status === 403 ? "refused" : "unreachable");
        if (status !== 401 && status !== 403) timer = setTimeout(load, RETRY);
      }
    };
    void load();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [round]);
  return { flows, problem, reload };
}
