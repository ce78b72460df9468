/** The events that the platform has for the end of a thread, and sends to no worker. */
const EVENTS = ["beforeunload", "unload"];

/**
 * Lets modules release what they hold, as a connection or a process, before their worker ends: calls what
 * each exports as `onStop`, awaits it, then dispatches the platform's events for the end of a thread.
 *
 * @param modules The URLs of modules that have loaded.
 * @param report Called with what a module throws.
 */
export async function cleanUp(
  modules: Iterable<string>,
  report: (thrown: unknown) => void,
): Promise<void> {
  await Promise.all([...modules].map(async (module) => {
    try {
      const { onStop } = await import(module);
      if (typeof onStop === "function") await onStop();
    } catch (thrown) {
      report(thrown);
    }
  }));
  for (const type of EVENTS) globalThis.dispatchEvent(new Event(type));
}
