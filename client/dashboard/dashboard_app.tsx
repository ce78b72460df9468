// The page of the dashboard: its header, and the flow that the address selects.

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ApiClient } from "../api/api_client.ts";
import { storeToken } from "../api/token.ts";
import { viewHref } from "../data/route.ts";
import { oneLine } from "../text/printable.ts";
import { ThemeToggle } from "../ui/theme_toggle.tsx";
import { FlowPage } from "./flow_page.tsx";
import { TokenForm } from "./token_form.tsx";
import { useFlows } from "./use_flows.ts";
import { useRoute } from "./use_route.ts";

/** Shows the dashboard. */
export function DashboardApp(): JSX.Element {
  const api = useMemo(() => new ApiClient(), []);
  const route = useRoute();
  const { flows, problem, reload } = useFlows(api);
  const flow = flows?.find(({ flowId }) => flowId === route.flowId) ?? flows?.[0];
  useEffect(() => {
    document.title = flow === undefined ? "Millrace" : `${flow.flowId}: Millrace`;
  }, [flow?.flowId]);
  const enter = (value: string) => {
    storeToken(value);
    reload();
  };
  return (
    <>
      <a class="skip" href="#content" onClick={focusContent}>Skip to the content</a>
      <header class="top">
        <span class="brand">Millrace</span>
        {flows !== undefined && flows.length > 1 && (
          <nav aria-label="Flows" class="flows">
            {flows.map(({ flowId }) => (
              <a
                key={flowId}
                href={viewHref(flowId, "overview")}
                aria-current={flowId === flow?.flowId ? "true" : undefined}
              >
                {oneLine(flowId, 60)}
              </a>
            ))}
          </nav>
        )}
        <span class="top-space" />
        <ThemeToggle />
      </header>
      {problem === "refused"
        ? <TokenForm onToken={enter} />
        : flow !== undefined
        ? <FlowPage key={flow.flowId} api={api} flow={flow} route={route} onRefused={reload} />
        : (
          <main id="content" tabIndex={-1}>
            <p class="empty" role="status">
              {problem === "unreachable"
                ? "The server does not answer. Trying again…"
                : flows === undefined
                ? "Loading…"
                : "The server has no flows."}
            </p>
          </main>
        )}
    </>
  );
}

/** The fragment of the address holds the view, so the link moves the focus by itself. */
function focusContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#content")?.focus();
}
