import { printable } from "../errors/printable.ts";
import { plural } from "../terminal/plural.ts";
import { type Command, EXIT, type GivenArguments, hasOption, valueOf } from "./command.ts";
import { loadFlow } from "./load_flow.ts";
import { MODULE_NOTE } from "./module_note.ts";
import type { Output } from "./output.ts";
import { quietModules } from "./quiet_modules.ts";

/** The command `validate`. */
export const validateCommand: Command = {
  name: "validate",
  summary: "find the faults of the flow of a module",
  parameters: ["MODULE"],
  options: [
    {
      name: "entry",
      value: "SLOT",
      isList: true,
      help: "a slot at which jobs start, as routine.slot",
    },
    { name: "export", value: "NAME", help: "the export of the module" },
  ],
  notes: [
    MODULE_NOTE,
    `The exit code is 1 if there are faults, warnings included. Each routine is loaded by a worker, as
only a worker can find out if it is exported.`,
  ],
  run: validate,
};

async function validate(given: GivenArguments, output: Output): Promise<number> {
  using _quiet = quietModules();
  const { flow } = await loadFlow(given.parameters[0] ?? "", valueOf(given, "export"));
  const entries = given.options.get("entry") ?? [];
  try {
    // The compiler knows the slots of a flow; here, `validate` itself reports those that do not exist.
    const issues = await flow.validate({ entries: entries as never[] });
    if (hasOption(given, "json")) output.json({ flowId: flow.id, issues });
    else if (issues.length === 0) output.lines([`flow ${printable(flow.id)} has no faults`]);
    else {
      output.lines([
        ...issues.flatMap(({ severity, place, message, fix }) => [
          `${severityText(severity, output)} ${printable(place)}: ${printable(message)}`,
          `  ${printable(fix)}`,
        ]),
        "",
        `flow ${printable(flow.id)} has ${plural(issues.length, "fault")}`,
      ]);
    }
    return issues.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await flow.close();
  }
}

function severityText(severity: "error" | "warning", { palette }: Output): string {
  return severity === "error" ? palette.red(severity) : palette.yellow(severity);
}
