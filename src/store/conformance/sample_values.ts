/** Values of all types that a store must return unchanged, by their names. */
export const SAMPLE_VALUES: Readonly<Record<string, () => unknown>> = {
  "nothing": () => undefined,
  "numbers beyond JSON": () => [NaN, -0, Infinity, -Infinity, 2 ** 53, 0.1],
  "big integers": () => ({ big: 2n ** 80n, boxed: Object(7n) }),
  "text": () => ["\0", "\ud800", "\u2028", "é", { "": 1, "__proto__x": 2 }],
  "an object with undefined": () => ({ a: undefined, b: null }),
  "a sparse array": () => Object.assign(new Array(3), { 1: undefined }),
  "a sparse array with as many fields": () => Object.assign(new Array(1), { x: 2 }),
  "a Map of a Set": () => new Map([[{ key: 1 }, new Set([1n, NaN, "x"])]]),
  "dates": () => [new Date(0), new Date(NaN)],
  "views of one buffer": () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    return [new DataView(bytes.buffer, 2, 3), bytes.subarray(4), new Uint16Array(bytes.buffer)];
  },
  "errors with a cause": () => new TypeError("outer", { cause: new RangeError("inner") }),
  "a regular expression": () => /a\/b/giu,
  "a cycle": () => {
    const self: { self?: unknown } = {};
    return self.self = self;
  },
  "one object twice": () => {
    const one = { n: 1 };
    return { a: one, b: [one] };
  },
  "depth": () => {
    let deep: unknown = 0;
    for (let i = 0; i < 200; i++) deep = [deep];
    return deep;
  },
};
