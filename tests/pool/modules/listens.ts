import { defineRoutine, event, slot } from "../../../faces/routine.ts";

const heard: Event[] = [];

// As a file does that serves as a plain worker, too.
if ("WorkerGlobalScope" in globalThis) {
  Object.assign(self, { onmessage: (event: Event) => void heard.push(event) });
  self.addEventListener("message", (event) => void heard.push(event));
  self.addEventListener("message", (event) => void heard.push(event), { capture: true });
}

/** Emits how many messages from outside its listeners have heard, and sends one to itself. */
export const listener = defineRoutine(import.meta, {
  slots: { go: slot<number>() },
  events: { heard: event<number>() },
  handlers: {
    async go(_, ctx) {
      heard.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 5));
      ctx.emit("heard", heard.filter(({ isTrusted }) => isTrusted).length);
      self.dispatchEvent(new MessageEvent("message", { data: { type: "stop" } }));
    },
  },
});
