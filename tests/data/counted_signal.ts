/** A signal that counts its listeners, and the controller that aborts it. */
export interface CountedSignal {
  readonly controller: AbortController;
  readonly signal: AbortSignal;
  readonly listeners: {
    /** The number of calls of `addEventListener`. */
    added: number;
    /** The present number of listeners. */
    readonly present: number;
  };
}

/** Makes a signal whose listeners are counted: what each costs grows with their number. */
export function countedSignal(): CountedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const present = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  const listeners = {
    added: 0,
    get present() {
      return present.size;
    },
  };
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.added++;
    present.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    present.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return { controller, signal, listeners };
}
