import { misdeeds } from "./misdeeds.ts";

export const {
  healthy,
  throws,
  throwsLate,
  leavesRejection,
  closes,
  exits,
  returnsUncloneable,
  overflows,
  spins,
  blocks,
} = misdeeds;
