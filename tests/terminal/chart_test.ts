import { assertEquals } from "@std/assert";
import { Chart } from "../../src/terminal/chart.ts";

const span = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });

Deno.test("Chart.range() gives each interval at least one cell of the chart", () => {
  const chart = new Chart(span(0, 100), 10);
  assertEquals(chart.range(span(0, 100)), [0, 10]);
  assertEquals(chart.range(span(100, 100)), [9, 10]);
  assertEquals(chart.range(span(31, 32)), [3, 4]);
  assertEquals(chart.range(span(-50, 500)), [0, 10]);
});

Deno.test("Chart.bar() draws half cells", () => {
  const chart = new Chart(span(0, 100), 10);
  assertEquals(chart.bar(span(15, 35)), { before: " ", bar: "▐█▌" });
  assertEquals(chart.bar(span(20, 40)), { before: "  ", bar: "██" });
});

Deno.test("Chart.scale() has round numbers in the unit that suits", () => {
  assertEquals(new Chart(span(0, 100), 22).scale(4), [
    "  ms  0          50",
    "      ┬──────────┬──────────",
  ]);
  assertEquals(new Chart(span(0, 60_000), 22).scale(2)[0].trim(), "s  0      20      40");
  assertEquals(new Chart(span(0, 3_600_000), 22).scale(4)[0].trim(), "min  0      20      40");
});
