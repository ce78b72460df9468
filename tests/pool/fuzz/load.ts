import { delay } from "@std/async/delay";
import type { Entry } from "./entry.ts";
import type { Order } from "./order.ts";

/** The payload of a task, and what is moved with it. */
export interface Loaded {
  readonly order: Order;
  readonly transfer: Transferable[] | undefined;
}

/** Gives an order what its kind of task carries. */
export function load(
  { plan, kind, ended }: Entry,
  order: Order,
  fault: (what: string) => void,
): Loaded {
  const { nonce, ms } = plan;
  switch (kind.load) {
    case "bytes": {
      const moved = new TextEncoder().encode(nonce).buffer;
      return { order: { ...order, moved }, transfer: [moved] };
    }
    case "port": {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        if (data !== nonce) fault(`${nonce} was sent ${data} over its port`);
      };
      void ended.promise.then(() => delay(5)).then(() => port1.close());
      return { order: { ...order, moved: port2 }, transfer: [port2] };
    }
    case "unsendable":
      return { order: { ...order, burden: () => {} }, transfer: undefined };
    case "unreadable":
      return { order: { ...order, burden: nested(500 * (1 + ms)) }, transfer: undefined };
    default:
      return { order, transfer: undefined };
  }
}

function nested(depth: number): unknown {
  let value: unknown;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}
