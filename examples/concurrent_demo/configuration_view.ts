import { bold, dim } from "@std/fmt/colors";
import { type GraphData, graphView } from "./graph_view.ts";
import type { Options } from "./options.ts";
import { plural, table } from "./text.ts";

/** What is about to run: the configuration, and the graph of the flow. */
export function configurationView(flowId: string, graph: GraphData, options: Options): string[] {
  const { jobs, maxWorkers, strategy, interval, invalid, json } = options;
  const limit = strategy === "sequential" ? ", one activation at a time" : "";
  return [
    ...table([
      ["flow", bold(flowId)],
      ["jobs", `${jobs}, ${invalid === 0 ? "none" : invalid} with an invalid reading`],
      ["limit", `${plural(maxWorkers, "worker")} for all jobs together`],
      ["strategy", `${strategy}${limit}`],
      ["interval", `${interval} ms between two looks at the jobs`],
      ...json === undefined ? [] : [["results", json]],
    ].map(([name = "", value = ""]) => [dim(name), value])),
    "",
    ...graphView(graph),
  ];
}
