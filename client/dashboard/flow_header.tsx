import type { JSX } from "preact";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import { type Route, viewHref } from "../data/route.ts";
import { count } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { useActions } from "./actions.tsx";

interface FlowHeaderProps {
  readonly info: FlowInfo;
  readonly route: Route;
  /** The number of groups of failures. */
  readonly failures: number;
}

const VIEWS = [["overview", "Overview"], ["jobs", "Jobs"], ["workers", "Workers"], [
  "failures",
  "Failures",
]] as const;

/** Shows a flow's name and status, its actions and the links to its views. */
export function FlowHeader({ info, route, failures }: FlowHeaderProps): JSX.Element {
  const { ask } = useActions();
  const { flowId, status, canAct } = info;
  const current = route.view === "job" ? "jobs" : route.view;
  return (
    <div class="flow-head">
      <div class="flow-line">
        <h1>{oneLine(flowId, 120)}</h1>
        <Badge status={status} />
        <span class="top-space" />
        {canAct && status === "running" && (
          <button
            type="button"
            onClick={() => ask({ type: "pause" })}
          >
            Pause the flow
          </button>
        )}
        {canAct && status === "paused" && (
          <button
            type="button"
            onClick={() => ask({ type: "resume" })}
          >
            Resume the flow
          </button>
        )}
        {!canAct && <span class="muted">Read only</span>}
      </div>
      <nav aria-label="Views" class="views">
        {VIEWS.map(([view, title]) => (
          <a
            key={view}
            href={viewHref(flowId, view)}
            aria-current={view === current ? "page" : undefined}
          >
            {title}
            {view === "failures" && failures > 0 && (
              <>
                {" "}
                <span class="tally">{count(failures)}</span>
              </>
            )}
          </a>
        ))}
      </nav>
    </div>
  );
}
