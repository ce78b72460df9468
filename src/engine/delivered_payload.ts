import { renameFields } from "../graph/routes.ts";
import { copyOnceMore } from "./copy_once_more.ts";
import type { Activation } from "./job_event.ts";

/**
 * Derives the payload of an activation from the emitted payload, as its router did. A store therefore needs
 * to store the emitted payload only once.
 *
 * @param emitted The payload that was emitted.
 * @param activation The activation.
 * @param isFirst `true` for the first receiver of the emitted payload; each other receiver gets a copy.
 */
export function deliveredPayload(
  emitted: unknown,
  { map }: Pick<Activation, "map">,
  isFirst: boolean,
): unknown {
  return renameFields(isFirst ? emitted : copyOnceMore(emitted), map);
}
