import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** A payload that can only be moved: a copy of it is refused. */
export interface Ported {
  readonly port: MessagePort;
}

/** Says over a port that it has it, and passes it on. */
export const porter = defineRoutine(import.meta, {
  slots: { port: slot<Ported>() },
  events: { port: event<Ported>() },
  handlers: {
    port({ port }, ctx) {
      port.postMessage(ctx.routineId);
      ctx.emit("port", { port }, { transfer: [port] });
    },
  },
});
