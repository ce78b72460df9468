import type { Action } from "../../src/dashboard/api.ts";
import { oneLine } from "../text/printable.ts";

/** The texts with which a dialog asks for the confirmation of an action. */
export interface ActionWords {
  readonly title: string;
  readonly question: string;
  /** The label of the button. */
  readonly confirm: string;
  readonly isDangerous: boolean;
}

/** Returns the texts for an action. */
export function describeAction(action: Action, flowId: string): ActionWords {
  const isDangerous = action.type === "cancel";
  const of = (title: string, question: string, confirm: string): ActionWords => ({
    title,
    question,
    confirm,
    isDangerous,
  });
  const job = "jobId" in action && action.jobId !== undefined ? oneLine(action.jobId, 80) : "";
  const flow = oneLine(flowId, 80);
  switch (action.type) {
    case "pause":
      return job === ""
        ? of("Pause the flow", `No activation of ${flow} will begin until it is resumed.`, "Pause")
        : of("Pause the job", `No activation of ${job} will begin until it is resumed.`, "Pause");
    case "resume":
      return job === ""
        ? of("Resume the flow", `The jobs of ${flow} will go on.`, "Resume")
        : of("Resume the job", `${job} will go on.`, "Resume");
    case "cancel":
      return of(
        "Cancel the job",
        `${job} will end. Queued activations are dropped, executing ones are stopped.`,
        "Cancel the job",
      );
    case "rerun":
      return of(
        "Retry from here",
        `A new job will repeat ${job} from activation ${oneLine(action.from, 80)} on, with the ` +
          "state that the job had before it.",
        "Start the new job",
      );
    case "signal":
      return of("Send a signal", `The signal will be delivered to ${job}.`, "Send");
    case "breakpoint":
    case "step":
    case "continue":
      return of(action.type, `${action.type}?`, action.type);
  }
}
