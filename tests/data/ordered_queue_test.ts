import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { OrderedQueue } from "../../src/data/ordered_queue.ts";

interface Item {
  readonly number: number;
}

Deno.test("OrderedQueue returns its items by their numbers and order", () => {
  const actions = fc.array(
    fc.tuple(
      fc.constantFrom("push", "push", "unshift", "shift", "remove", "clear", "drain"),
      fc.nat(20),
    ),
    { maxLength: 200 },
  );
  fc.assert(fc.property(actions, (actions) => {
    const queue = new OrderedQueue<Item>(({ number }) => number);
    let model: Item[] = [];
    const removed: Item[] = [];
    for (const [action, number] of actions) {
      const item = { number };
      if (action === "push") {
        queue.push(item);
        const at = model.findIndex((one) => one.number > number);
        model.splice(at < 0 ? model.length : at, 0, item);
      } else if (action === "unshift") {
        queue.unshift(item);
        const at = model.findIndex((one) => one.number >= number);
        model.splice(at < 0 ? model.length : at, 0, item);
      } else if (action === "shift") {
        assertEquals(queue.shift() === model.shift(), true);
      } else if (action === "remove") {
        const [one = removed[0] ?? item] = model.splice(number % (model.length + 1), 1);
        assertEquals(queue.remove(one), !removed.includes(one) && one !== item);
        removed.push(one);
      } else if (number === 0) {
        if (action === "drain") assertEquals(queue.drain(), model);
        else queue.clear();
        model = [];
      }
      assertEquals([queue.size, queue.first], [model.length, model[0]?.number]);
      assertEquals(queue.list().every((one, i) => one === model[i]), true);
    }
  }));
});
