/** An event of a stream of server-sent events. */
export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** Splits the text of a stream of server-sent events, which arrives in any parts, into events. */
export class SseParser {
  /** The id of the last event; empty before the first that has one. */
  lastId = "";
  #rest = "";
  #type = "";
  #id: string | undefined;
  #data: string[] = [];

  /** Returns the events that a part of the text completes. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    // A carriage return at the end of a part may be the first half of a line's end.
    const all = this.#rest + text;
    const whole = all.endsWith("\r") ? all.slice(0, -1) : all;
    const lines = whole.split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? "") + all.slice(whole.length);
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else if (this.#data.length > 0) events.push(this.#event());
      else this.#reset();
    }
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // A comment, which only shows that the connection lives.
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id") this.#id = value;
  }

  #event(): ServerEvent {
    const event = { type: this.#type || "message", data: this.#data.join("\n") };
    if (this.#id !== undefined) this.lastId = this.#id;
    this.#reset();
    return event;
  }

  #reset(): void {
    this.#type = "";
    this.#id = undefined;
    this.#data = [];
  }
}
