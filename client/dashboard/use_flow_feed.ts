import { useEffect, useState } from "preact/hooks";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { flowPath } from "../api/api_client.ts";
import type { FeedState } from "../api/event_feed.ts";
import { openFeed } from "../api/open_feed.ts";
import { RateHistory } from "../data/rate_history.ts";

/** The current numbers of a flow. */
export interface FlowFeed {
  readonly info: FlowInfo | undefined;
  readonly snapshot: RunSnapshot | undefined;
  readonly state: FeedState;
  readonly rates: RateHistory;
}

/** Follows the numbers of a flow. */
export function useFlowFeed(flowId: string, first: FlowInfo | undefined): FlowFeed {
  const [info, setInfo] = useState(first);
  const [snapshot, setSnapshot] = useState<RunSnapshot>();
  const [state, setState] = useState<FeedState>("connecting");
  const [rates, setRates] = useState(() => new RateHistory());
  useEffect(() => {
    setInfo(first);
    setSnapshot(undefined);
    const history = new RateHistory();
    setRates(history);
    const feed = openFeed(`${flowPath(flowId)}/stream`, {
      onState: setState,
      onEvent: (type, data) => {
        if (type === "flow") setInfo(JSON.parse(data));
        if (type !== "snapshot") return;
        const next: RunSnapshot = JSON.parse(data);
        history.add(next);
        setSnapshot(next);
      },
    });
    // A computer that was asleep, or off the network, need not wait for the next attempt.
    const retry = () => feed.retry();
    addEventListener("online", retry);
    return () => {
      removeEventListener("online", retry);
      feed.close();
    };
  }, [flowId]);
  return { info, snapshot, state, rates };
}
