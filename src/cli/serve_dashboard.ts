import { dashboard } from "../dashboard/dashboard.ts";
import { printable } from "../errors/printable.ts";
import { JournalSources } from "../run/journal_sources.ts";
import type { Store } from "../store/store.ts";
import { EXIT } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { onInterrupt } from "./on_interrupt.ts";
import type { Output } from "./output.ts";

/**
 * Serves the dashboard of a journal until Ctrl-C.
 *
 * @returns The exit code.
 */
export async function serveDashboard(
  store: Store,
  { flowId, hostname, port, isJson, output }: {
    /** The flow to show; by default, all. */
    readonly flowId: string | undefined;
    readonly hostname: string;
    /** The port; 0 for any free one. */
    readonly port: number;
    readonly isJson: boolean;
    readonly output: Output;
  },
): Promise<number> {
  const sources = new JournalSources(store);
  const shown = flowId === undefined ? sources : sources.get(flowId);
  if (shown === undefined) {
    throw new CommandError(`there are no jobs of flow "${printable(flowId ?? "")}" in the file`);
  }
  using interrupt = onInterrupt();
  await using view = dashboard(shown, { hostname, port, keepAlive: true });
  const { url } = view;
  if (isJson) output.json({ url, port: view.port });
  else output.lines([`dashboard at ${url}`, "Ctrl-C ends it."]);
  await interrupt.came;
  return EXIT.interrupted;
}
