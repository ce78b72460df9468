import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FairQueue, type Queueable, type Ranked } from "../../src/engine/fair_queue.ts";

interface Item extends Queueable {
  readonly number: number;
}

const ranks: fc.Arbitrary<Ranked> = fc.record({
  priority: fc.constantFrom(undefined, 0, 1, -1, 2.5),
  group: fc.constantFrom(undefined, "a", "b", "c"),
});

Deno.test("FairQueue returns each job once, by priority, then by turns of the groups", () => {
  const actions = fc.array(fc.option(ranks, { nil: undefined, freq: 3 }), { maxLength: 60 });
  fc.assert(fc.property(actions, (actions) => {
    const queue = new FairQueue<Item>();
    /** The groups of each priority in the order of their turns, each with its jobs. */
    const model = new Map<number, Item[][]>();
    let size = 0;
    actions.forEach((job, number) => {
      const priority = Math.max(-Infinity, ...model.keys());
      assertEquals([queue.size, queue.priority], [size, size === 0 ? undefined : priority]);
      if (job !== undefined) {
        const isAwaited = number % 3 === 0;
        const item = { job, number, isAwaited };
        queue.push(item);
        const groups = model.get(job.priority ?? 0) ?? [];
        // The awaited ones of no group are one of their own.
        const own = groups.find(([first]) =>
          first?.job.group === job.group &&
          (job.group !== undefined || first?.isAwaited === isAwaited)
        );
        if (own === undefined) groups.push([item]);
        else own.push(item);
        model.set(job.priority ?? 0, groups);
        size++;
        return;
      }
      const groups = model.get(priority);
      const own = groups?.shift();
      const expected = own?.shift();
      if (own !== undefined && own.length > 0) groups?.push(own);
      if (groups?.length === 0) model.delete(priority);
      if (expected !== undefined) size--;
      assertEquals(queue.shift(), expected);
    });
  }));
});
