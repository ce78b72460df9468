/** Formats an event. */
export function sseEvent(type: string, json: string, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${json}\n\n`;
}

/** A comment, which shows that the connection is alive. */
export const HEARTBEAT = ": \n\n";
