/** The events of the platform for the end of a thread, which it does not dispatch in workers. */
const EVENTS = ["beforeunload", "unload"];

/**
 * Lets modules release their resources, such as a connection or a process, before their worker ends: calls
 * the `onStop` that each module exports, awaits it, and then dispatches the platform's events for the end of
 * a thread.
 *
 * @param modules The URLs of modules that have loaded.
 * @param report Called with the errors that modules throw.
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
