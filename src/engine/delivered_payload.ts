import { renameFields } from "../graph/routes.ts";
import { copyOnceMore } from "./copy_once_more.ts";
import type { Activation } from "./job_event.ts";

/**
 * The payload of an activation as its router made it, from the one that was emitted. So a store need
 * keep that only once.
 *
 * @param emitted The payload that was emitted.
 * @param activation The activation.
 * @param isFirst Whether it is the first that this is delivered to; each other gets a copy.
 */
export function deliveredPayload(
  emitted: unknown,
  { map }: Pick<Activation, "map">,
  isFirst: boolean,
): unknown {
  return renameFields(isFirst ? emitted : copyOnceMore(emitted), map);
}
