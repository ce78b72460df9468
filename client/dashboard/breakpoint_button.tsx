import type { JSX } from "preact";
import { oneLine } from "../text/printable.ts";
import { useActions } from "./actions.tsx";

interface BreakpointButtonProps {
  readonly routineId: string;
  readonly isSet: boolean;
}

/** Sets or removes the breakpoint of a routine. */
export function BreakpointButton({ routineId, isSet }: BreakpointButtonProps): JSX.Element {
  const { act } = useActions();
  return (
    <button
      type="button"
      class="small breakpoint"
      aria-pressed={isSet}
      aria-label={`Breakpoint on ${oneLine(routineId, 80)}`}
      onClick={() => act({ type: "breakpoint", routineId, isSet: !isSet })}
    >
      <span class="breakpoint-mark" aria-hidden="true" />
    </button>
  );
}
