// Counts what a piece of code goes through, so that a test can say how a cost grows without measuring
// time. Object spreads are not seen: a test counts those by a proxy.

/** Methods that go through a whole list; one that stops early counts as if it did not. */
const LIST_METHODS = [
  "concat",
  "every",
  "fill",
  "filter",
  "find",
  "findIndex",
  "findLast",
  "flatMap",
  "forEach",
  "includes",
  "indexOf",
  "map",
  "reverse",
  "slice",
  "some",
  "sort",
  "splice",
  "toReversed",
  "toSorted",
  "unshift",
] as const;

/** Something whose method is counted. */
interface Counted {
  readonly holder: object;
  readonly name: PropertyKey;
  readonly steps: (self: never) => number;
}

const iterators = [[].values(), new Map().values(), new Set().values()];
const COUNTED: readonly Counted[] = [
  ...LIST_METHODS.map((name) => ({
    holder: Array.prototype,
    name,
    steps: (self: ArrayLike<unknown>) => self.length,
  })),
  ...[Map.prototype, Set.prototype].map((holder) => ({
    holder,
    name: "forEach",
    steps: (self: Map<unknown, unknown> | Set<unknown>) => self.size,
  })),
  ...iterators.map((iterator) => ({
    holder: Object.getPrototypeOf(iterator),
    name: "next",
    steps: () => 1,
  })),
];

/**
 * Counts the items that `work` passes over: by iterating over lists, maps and sets, and by the methods
 * of lists.
 */
export function stepsOf(work: () => void): number {
  let steps = 0;
  const originals = COUNTED.map(({ holder, name }) =>
    Object.getOwnPropertyDescriptor(holder, name) as PropertyDescriptor
  );
  COUNTED.forEach((counted, i) => {
    const original = originals[i]?.value;
    const value = function (this: never, ...args: unknown[]) {
      steps += counted.steps(this);
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(counted.holder, counted.name, { ...originals[i], value });
  });
  try {
    work();
  } finally {
    for (let i = 0; i < COUNTED.length; i++) {
      const { holder, name } = COUNTED[i] as Counted;
      Object.defineProperty(holder, name, originals[i] as PropertyDescriptor);
    }
  }
  return steps;
}
