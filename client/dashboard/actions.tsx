// The actions of the viewer. A view asks for one with `useActions()`; those that change a run open a dialog first,
// and the result is shown in the status line of the page.

import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import type { Action, ActionResult } from "../../src/dashboard/api.ts";
import type { ApiClient } from "../api/api_client.ts";
import { Dialog } from "../ui/dialog.tsx";
import { jobHref } from "../data/route.ts";
import { oneLine } from "../text/printable.ts";
import { describeAction } from "./describe_action.ts";
import { SignalFields } from "./signal_fields.tsx";

/** The functions with which views act. */
export interface Actions {
  /** Asks the viewer to confirm an action, and then does it. */
  readonly ask: (action: Action) => void;
  /** Asks the viewer for a signal and its payload, and sends it. */
  readonly askSignal: (jobId: string, signal: string) => void;
  /** Does an action without a question: breakpoints and steps, which are undone as easily. */
  readonly act: (action: Action) => void;
}

const Context = createContext<Actions>({ ask() {}, askSignal() {}, act() {} });

/** Returns the functions with which a view acts. */
export function useActions(): Actions {
  return useContext(Context);
}

interface ActionsProviderProps {
  readonly api: ApiClient;
  readonly flowId: string;
  /** Called when an action was done, so that views show its effect. */
  readonly onDone: () => void;
  readonly children: ComponentChildren;
}

interface Outcome {
  readonly text: string;
  readonly isFailure: boolean;
  readonly jobId?: string | undefined;
}

/** Provides actions to the views within it, with their dialog and their results. */
export function ActionsProvider(
  { api, flowId, onDone, children }: ActionsProviderProps,
): JSX.Element {
  const [asked, setAsked] = useState<Action>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [outcome, setOutcome] = useState<Outcome>();

  const perform = async (action: Action): Promise<ActionResult | undefined> => {
    setBusy(true);
    setFault(undefined);
    try {
      const result = await api.act(flowId, action);
      setOutcome({ text: result.message, isFailure: false, jobId: result.jobId });
      onDone();
      return result;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setFault(text);
      setOutcome({ text, isFailure: true });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const open = (action: Action) => {
    setFault(undefined);
    setOutcome(undefined);
    setAsked(action);
  };
  const actions: Actions = {
    ask: open,
    askSignal: (jobId, signal) => open({ type: "signal", jobId, signal }),
    act: (action) => void perform(action),
  };
  const confirm = async () => {
    if (asked !== undefined && await perform(asked) !== undefined) setAsked(undefined);
  };
  const words = asked && describeAction(asked, flowId);
  return (
    <Context.Provider value={actions}>
      <div class={outcome?.isFailure ? "outcome text-fail" : "outcome"} role="status">
        {outcome !== undefined && asked === undefined && (
          <>
            {oneLine(outcome.text, 400)}{" "}
            {outcome.jobId !== undefined && (
              <a href={jobHref(flowId, outcome.jobId)}>Open {oneLine(outcome.jobId, 80)}</a>
            )}
            <button type="button" class="small quiet" onClick={() => setOutcome(undefined)}>
              Dismiss
            </button>
          </>
        )}
      </div>
      {children}
      {asked !== undefined && words !== undefined && (
        <Dialog
          title={words.title}
          confirm={words.confirm}
          isDangerous={words.isDangerous}
          isBusy={isBusy}
          onConfirm={confirm}
          onClose={() => setAsked(undefined)}
        >
          <p>{words.question}</p>
          {asked.type === "signal" && <SignalFields action={asked} onChange={setAsked} />}
          {asked.type === "cancel" && (
            <label class="field">
              Reason (optional)
              <input
                type="text"
                value={asked.reason ?? ""}
                onInput={(event) => setAsked(withReason(asked.jobId, event.currentTarget.value))}
              />
            </label>
          )}
          {fault !== undefined && <p class="text-fail" role="alert">{oneLine(fault, 400)}</p>}
        </Dialog>
      )}
    </Context.Provider>
  );
}

function withReason(jobId: string, reason: string): Action {
  return { type: "cancel", jobId, ...reason === "" ? {} : { reason } };
}
