import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Emits what it is given, one by one. */
export const emitter = defineRoutine(import.meta, {
  slots: { items: slot<readonly unknown[]>(), pair: slot<readonly [unknown, unknown]>() },
  events: { item: event<unknown>(), left: event<unknown>(), right: event<unknown>() },
  handlers: {
    items(items, ctx) {
      for (const item of items) ctx.emit("item", item);
    },
    pair([left, right], ctx) {
      ctx.emit("left", left);
      ctx.emit("right", right);
    },
  },
});

/** Emits words and how often each occurs, counted in objects of several kinds. */
export const counter = defineRoutine(import.meta, {
  slots: { words: slot<readonly string[]>() },
  events: { bare: event<Record<string, number>>(), map: event<Map<string, number>>() },
  handlers: {
    words(words, ctx) {
      const bare: Record<string, number> = Object.create(null);
      const map = new Map<string, number>();
      for (const word of words) {
        bare[word] = (bare[word] ?? 0) + 1;
        map.set(word, (map.get(word) ?? 0) + 1);
      }
      ctx.emit("bare", bare);
      ctx.emit("map", map);
      ctx.sharedData.set("bare", bare);
    },
  },
});

/** Says what it sees of the counts that it gets. */
export const reader = defineRoutine(import.meta, {
  slots: { bare: slot<Record<string, number>>(), map: slot<Map<string, number>>() },
  handlers: {
    bare(bare, ctx) {
      ctx.sharedData.set("seen", {
        isPlain: Object.getPrototypeOf(bare) === Object.prototype,
        own: Object.entries(bare),
        isInherited: "toString" in bare && !Object.hasOwn(bare, "toString"),
        constructor: typeof bare["constructor"],
      });
    },
    map(map, ctx) {
      ctx.sharedData.set("ofMap", [map.get("constructor"), map.get("toString")]);
    },
  },
});

/** Passes on what it gets. */
export const relay = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.emit("item", item);
    },
  },
});

/** Keeps what it gets in the job's shared data: under its id, and under the slot's name. */
export const collector = defineRoutine(import.meta, {
  slots: { item: slot<unknown>(), left: slot<unknown>(), right: slot<unknown>() },
  handlers: {
    async item(item, ctx) {
      await ctx.sharedData.update(ctx.routineId, (seen: unknown[] = []) => [...seen, item]);
    },
    left(item, ctx) {
      ctx.sharedData.set("left", item);
    },
    right(item, ctx) {
      ctx.sharedData.set("right", item);
    },
  },
});

/** Keeps what it gets in the job's shared log. */
export const logger = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedLog.append(item);
    },
  },
});

/** Changes the list it gets. */
export const scribbler = defineRoutine(import.meta, {
  slots: { list: slot<unknown>() },
  handlers: {
    list(list, ctx) {
      (list as unknown[]).push(ctx.routineId);
      ctx.sharedData.set(ctx.routineId, list);
    },
  },
});

/** Counts down, once for each unit of `width`, and is meant to be connected to itself. */
export const countdown = defineRoutine(import.meta, {
  slots: { from: slot<number>() },
  events: { next: event<number>() },
  config: { width: 1 },
  handlers: {
    from(n, ctx) {
      for (let i = 0; n > 0 && i < ctx.config.width; i++) ctx.emit("next", n - 1);
    },
  },
});

/** Does nothing. */
export const idler = defineRoutine(import.meta, {
  slots: { go: slot<undefined>(), item: slot<unknown>() },
  handlers: { go() {}, item() {} },
});

/** Keeps how deep what it gets is nested, by way of the fields `inner` and `payload`. */
export const sounder = defineRoutine(import.meta, {
  slots: { value: slot<unknown>() },
  handlers: {
    value(value, ctx) {
      let depth = 0;
      for (let at = value as Nested; at.inner ?? at.payload; depth++) {
        at = (at.inner ?? at.payload) as Nested;
      }
      ctx.sharedData.set(ctx.routineId, depth);
    },
  },
});

interface Nested {
  readonly inner?: Nested;
  readonly payload?: Nested;
}

/** Emits what is nested so deep, with something at its top that would be lost. */
export const digger = defineRoutine(import.meta, {
  slots: { depth: slot<number>() },
  events: { value: event<unknown>() },
  handlers: {
    depth(depth, ctx) {
      let inner = {};
      for (let i = 1; i < depth; i++) inner = { inner };
      ctx.emit("value", { lost: new URL("file:///a"), inner });
    },
  },
});

/** Logs numbers; at each third it fails twice. */
export const picky = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item(item, ctx) {
      if (Number(item) % 3 === 0 && ctx.attempt < 3) {
        throw new Error(`not at attempt ${ctx.attempt}`);
      }
      ctx.sharedLog.append(item);
    },
  },
});
