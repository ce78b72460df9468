import { bold, dim } from "@std/fmt/colors";
import { type GraphData, graphView } from "./graph_view.ts";
import { limitOf, type Options } from "./options.ts";
import { printable } from "./printable.ts";
import { plural, table } from "./text.ts";

/** Shows the configuration, and the graph of the flow. */
export function configurationView(flowId: string, graph: GraphData, options: Options): string[] {
  const { strategy, interval, chaos, seed, store, json } = options;
  const order = strategy === "sequential" ? ", one activation at a time" : "";
  return [
    ...table([
      ["flow", bold(printable(flowId))],
      ["jobs", jobsLine(options)],
      ["limit", `${plural(limitOf(options), "worker")} for all jobs together`],
      ["strategy", `${strategy}${order}`],
      ["interval", `${interval} ms between two looks at the jobs`],
      ...chaos === 0
        ? []
        : [["chaos", `${chaos} of all attempts are made to fail, by seed ${seed}`]],
      ...store === undefined ? [] : [["store", printable(store)]],
      ...json === undefined ? [] : [["results", printable(json)]],
    ].map(([name = "", value = ""]) => [dim(name), value])),
    "",
    ...graphView(graph),
  ];
}

function jobsLine({ jobs, invalid, store, resume }: Options): string {
  if (resume) return `those of ${printable(store ?? "")}`;
  return `${jobs}, ${invalid === 0 ? "none" : invalid} with an invalid reading`;
}
