import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Action } from "../../src/dashboard/api.ts";

type SignalAction = Extract<Action, { type: "signal" }>;

interface SignalFieldsProps {
  readonly action: SignalAction;
  readonly onChange: (action: SignalAction) => void;
}

/** Asks for the name of a signal and for its payload as JSON. */
export function SignalFields({ action, onChange }: SignalFieldsProps): JSX.Element {
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const { payload: _, ...bare } = action;
  const change = (input: HTMLTextAreaElement) => {
    setText(input.value);
    const { action: next, problem } = withPayload(bare, input.value);
    // The browser refuses to submit the form while this is set.
    input.setCustomValidity(problem);
    setFault(problem);
    onChange(next);
  };
  return (
    <>
      <label class="field">
        Signal
        <input
          type="text"
          required
          value={action.signal}
          onInput={(event) => onChange({ ...action, signal: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        Payload as JSON (optional)
        <textarea
          rows={5}
          spellcheck={false}
          value={text}
          aria-invalid={fault !== ""}
          aria-describedby="payload-fault"
          onInput={(event) => change(event.currentTarget)}
        />
      </label>
      <p id="payload-fault" class="text-fail">{fault}</p>
    </>
  );
}

function withPayload(
  action: SignalAction,
  text: string,
): { action: SignalAction; problem: string } {
  if (text.trim() === "") return { action, problem: "" };
  try {
    return { action: { ...action, payload: JSON.parse(text) }, problem: "" };
  } catch {
    return { action, problem: "This is not valid JSON." };
  }
}
