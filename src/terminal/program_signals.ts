// Signals that end the program, or stop it for a while, at the will of its user. A view that has to leave the terminal
// in order listens to them, but a program with a listener is not ended by the signal any more. So the signal is sent
// again without the listener, unless the program has a listener of its own, which decides what the signal means.
//
// Deno does not say whether a signal has listeners. Therefore, this module counts those that the program adds from the
// time at which it is loaded, by `Deno.addSignalListener` or `process.on`.

type Handler = () => void;

const { addSignalListener, removeSignalListener } = Deno;
const listeners = new Map<Deno.Signal, Set<Handler>>();

try {
  Deno.addSignalListener = (signal, handler) => {
    addSignalListener(signal, handler);
    listeners.getOrInsertComputed(signal, () => new Set()).add(handler);
  };
  Deno.removeSignalListener = (signal, handler) => {
    removeSignalListener(signal, handler);
    listeners.get(signal)?.delete(handler);
  };
} catch {
  // The program has frozen them. Then its listeners are not known, and a signal ends it.
}

/** The signals, and the exit codes of programs that they end. */
const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 } as const;
/** Ctrl-Z, which the program survives, and the end of the stop. */
const STOPPING = "SIGTSTP", CONTINUING = "SIGCONT";

/** Acts on signals that the program itself does not listen to. */
export interface SignalListener {
  /** Called before a signal ends the program. */
  ending(): void;
  /** Called before a signal stops the program for a while. */
  stopping(): void;
  /** Called when a stopped program is continued. */
  continued(): void;
}

/** The views. They share one listener for each signal, so that all have left the terminal before it is raised again. */
const views = new Set<SignalListener>();
let watch: Disposable | undefined;

/**
 * Reports a signal before it ends or stops the program, and then lets it do so.
 *
 * @param view Called if the program has no listener of its own.
 * @returns Stops listening when it is disposed.
 */
export function onProgramSignals(view: SignalListener): Disposable {
  views.add(view);
  watch ??= watchSignals();
  return {
    [Symbol.dispose]() {
      views.delete(view);
      if (views.size > 0) return;
      watch?.[Symbol.dispose]();
      watch = undefined;
    },
  };
}

function watchSignals(): Disposable {
  const names = [...Object.keys(ENDING), STOPPING] as (keyof typeof ENDING | typeof STOPPING)[];
  const watches = names.map((signal) => {
    const onSignal = () => {
      if (isListenedTo(signal)) return;
      for (const view of [...views]) {
        if (signal === STOPPING) view.stopping();
        else view.ending();
      }
      remove(signal, onSignal);
      raise(signal);
    };
    add(signal, onSignal);
    return { signal, onSignal };
  });
  // A signal that was raised arrives later, so that only the end of the stop says that it has.
  const onContinue = () => {
    for (const { signal, onSignal } of watches) if (signal === STOPPING) add(signal, onSignal);
    for (const view of views) view.continued();
  };
  add(CONTINUING, onContinue);
  return {
    [Symbol.dispose]() {
      remove(CONTINUING, onContinue);
      for (const { signal, onSignal } of watches) remove(signal, onSignal);
    },
  };
}

/**
 * Calls a function when the window of the terminal was resized.
 *
 * @returns Stops listening when it is disposed.
 */
export function onResize(resized: () => void): Disposable {
  add("SIGWINCH", resized);
  return { [Symbol.dispose]: () => remove("SIGWINCH", resized) };
}

/** Checks whether the program itself listens to a signal. */
export function isListenedTo(signal: Deno.Signal): boolean {
  return (listeners.get(signal)?.size ?? 0) > 0;
}

function raise(signal: keyof typeof ENDING | typeof STOPPING): void {
  try {
    Deno.kill(Deno.pid, signal);
  } catch {
    // The system has no such signal to send, or the program has no permission to.
    if (signal !== STOPPING) Deno.exit(ENDING[signal]);
  }
}

function add(signal: Deno.Signal, handler: Handler): void {
  try {
    addSignalListener(signal, handler);
  } catch {
    // The system has no such signal.
  }
}

function remove(signal: Deno.Signal, handler: Handler): void {
  try {
    removeSignalListener(signal, handler);
  } catch {
    // The system has no such signal.
  }
}
