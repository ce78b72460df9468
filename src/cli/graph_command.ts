import { nearest } from "../data/nearest.ts";
import { dot } from "../export/dot.ts";
import { mermaid } from "../export/mermaid.ts";
import { printable } from "../errors/printable.ts";
import { type GraphShape, graphShapeOf } from "../run/graph_shape.ts";
import { table } from "../terminal/table.ts";
import { type Command, EXIT, type GivenArguments, hasOption, valueOf } from "./command.ts";
import { usageError } from "./command_error.ts";
import { loadFlow } from "./load_flow.ts";
import { MODULE_NOTE } from "./module_note.ts";
import type { Output } from "./output.ts";
import { quietModules } from "./quiet_modules.ts";

/** The formats of a graph. */
const FORMATS = ["text", "mermaid", "dot", "json"];

/** The command `graph`. */
export const graphCommand: Command = {
  name: "graph",
  summary: "draw the flow of a module",
  parameters: ["MODULE"],
  options: [
    { name: "format", value: "NAME", help: `${FORMATS.join(", ")} (default text)` },
    { name: "export", value: "NAME", help: "the export of the module" },
  ],
  notes: [MODULE_NOTE],
  run: graph,
};

async function graph(given: GivenArguments, output: Output): Promise<number> {
  const format = formatOf(given);
  using _quiet = quietModules();
  const { flow } = await loadFlow(given.parameters[0] ?? "", valueOf(given, "export"));
  try {
    const shape = graphShapeOf(flow.graph);
    if (format === "json") output.json({ flowId: flow.id, ...shape });
    else if (format === "mermaid") output.text(mermaid(shape));
    else if (format === "dot") output.text(dot(shape));
    else output.lines(graphLines(shape));
  } finally {
    await flow.close();
  }
  return EXIT.ok;
}

function formatOf(given: GivenArguments): string {
  const format = valueOf(given, "format");
  if (format === undefined) return hasOption(given, "json") ? "json" : "text";
  if (FORMATS.includes(format)) {
    if (format === "json" || !hasOption(given, "json")) return format;
    throw usageError(`--json and --format ${format} are two formats; leave one of them out`);
  }
  const similar = nearest(format, FORMATS);
  const hint = similar === undefined
    ? `it is one of ${FORMATS.join(", ")}`
    : `did you mean ${similar}?`;
  throw usageError(`${JSON.stringify(format)} is not a format of a graph; ${hint}`);
}

/** Returns the routines with their slots and events, each with its connections below it. */
function graphLines({ routines, connections }: GraphShape): string[] {
  if (routines.length === 0) return ["The flow has no routines."];
  return routines.flatMap(({ routineId, slots, events }) => {
    const own = connections.filter(({ from }) => from === routineId);
    return [
      `${printable(routineId)}(${printable(slots.join(", "))})${
        events.length === 0 ? "" : ` -> ${printable(events.join(", "))}`
      }`,
      ...table(
        own.map((
          { event, to, slot },
        ) => [`  ${printable(event)}`, `-> ${printable(to)}.${printable(slot)}`]),
      ),
    ];
  });
}
