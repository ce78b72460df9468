import { MillraceError } from "./millrace_error.ts";

/**
 * A reader of `flow.events` left more JobEvents unread than its `maxUnread` allows, or let the flow wait
 * longer than its `maxWait`. What was unread is gone for it; the flow and its jobs go on.
 *
 * @example A reader that is too slow, and goes on from the store
 * ```ts
 * import { type Flow, SlowReaderError } from "@millrace/flow";
 *
 * async function follow(flow: Flow, jobId: string, show: (type: string) => Promise<void>) {
 *   let after = 0;
 *   while (true) {
 *     try {
 *       for await (const { type, seq } of flow.events({ jobId, after })) {
 *         await show(type);
 *         after = seq;
 *       }
 *       return;
 *     } catch (error) {
 *       if (!(error instanceof SlowReaderError)) throw error;
 *     }
 *   }
 * }
 * ```
 */
export class SlowReaderError extends MillraceError {
  /** Always `"SlowReaderError"`. */
  override readonly name = "SlowReaderError";
}
