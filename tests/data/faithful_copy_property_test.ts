import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

/** Any value that structured clone keeps whole, of any shape. */
const cloneable = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 4,
  maxKeys: 4,
});

Deno.test("faithfulCopy() equals structuredClone()", () => {
  fc.assert(
    fc.property(cloneable, (value) => {
      assertEquals(faithfulCopy(value, "payload"), structuredClone(value));
    }),
    { numRuns: 400 },
  );
});

Deno.test("faithfulCopy() returns values that structuredClone() preserves", () => {
  fc.assert(
    fc.property(cloneable, (value) => {
      const copy = faithfulCopy(value, "payload");
      assertEquals(structuredClone(copy), copy);
    }),
    { numRuns: 400 },
  );
});

Deno.test("faithfulCopy() preserves references between objects", () => {
  const knots = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.string()), { maxLength: 12 });
  fc.assert(
    fc.property(knots, (edges) => {
      const nodes: Record<string, unknown>[] = Array.from({ length: 6 }, () => ({}));
      for (const [from, to, key] of edges) (nodes[from] ?? {})[key] = nodes[to];
      const copies = faithfulCopy(nodes, "payload") as typeof nodes;
      for (const [i, node] of nodes.entries()) {
        for (const [key, target] of Object.entries(node)) {
          const end = copies.indexOf(copies[i]?.[key] as Record<string, unknown>);
          assertEquals(end, nodes.indexOf(target as Record<string, unknown>), `${i}.${key}`);
        }
      }
    }),
    { numRuns: 400 },
  );
});

/** A step into a value, and how a path shows it. */
type Step = { readonly shown: string; wrap(inner: unknown): unknown };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_$][a-zA-Z0-9]{0,5}$/).map((key): Step => ({
    shown: `.${key}`,
    wrap: (inner) => ({ "1 before": 1, [key]: inner, "2 after": [1] }),
  })),
  fc.stringMatching(/^[ -Z]{0,3}[ .-]$/).map((key): Step => ({
    shown: `[${JSON.stringify(key)}]`,
    wrap: (inner) => ({ [key]: inner }),
  })),
  fc.nat(3).map((index): Step => ({
    shown: `[${index}]`,
    wrap: (inner) => [...Array.from({ length: index }, () => ({})), inner, "after"],
  })),
  fc.nat(9).map((key): Step => ({
    shown: `[${key}]`,
    wrap: (inner) => new Map([[key, inner]]),
  })),
);

Deno.test("UncloneableValueError.path leads to a nested function", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 6 }), (way) => {
      const value = way.reduceRight<unknown>((inner, step) => step.wrap(inner), () => 1);
      const error = assertThrows(() => faithfulCopy(value, "payload"), UncloneableValueError);
      assertEquals(error.path, `payload${way.map(({ shown }) => shown).join("")}`);
    }),
    { numRuns: 400 },
  );
});
