import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { misdeeds } from "./misdeeds.ts";

/** The tasks, one per slot. */
export const tasks = defineRoutine(import.meta, {
  slots: {
    healthy: slot<undefined>(),
    throws: slot<undefined>(),
    throwsLate: slot<undefined>(),
    leavesRejection: slot<undefined>(),
    closes: slot<undefined>(),
    exits: slot<undefined>(),
    returnsUncloneable: slot<undefined>(),
    overflows: slot<undefined>(),
    spins: slot<undefined>(),
    blocks: slot<undefined>(),
  },
  events: { result: event<unknown>() },
  handlers: {
    healthy: (_, ctx) => void ctx.emit("result", misdeeds.healthy()),
    throws: () => misdeeds.throws(),
    throwsLate: () => misdeeds.throwsLate(),
    leavesRejection: () => misdeeds.leavesRejection(),
    closes: () => misdeeds.closes(),
    exits: () => misdeeds.exits(),
    returnsUncloneable: (_, ctx) => void ctx.emit("result", misdeeds.returnsUncloneable()),
    overflows: () => void misdeeds.overflows(),
    spins: () => misdeeds.spins(),
    blocks: () => misdeeds.blocks(),
  },
});
