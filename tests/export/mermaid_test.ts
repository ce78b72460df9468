import { assert, assertEquals } from "@std/assert";
import DOMPurify from "npm:dompurify@3.5.0";
import parser from "npm:mermaid@12.3.0";
import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import { mermaid } from "@millrace/flow/export";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { printable } from "../../src/errors/printable.ts";
import { launchChromium, NO_CHROMIUM } from "./chromium.ts";
import { HOSTILE, HOSTILE_SHAPE } from "./hostile.ts";
import { ORDERS, someNumbers } from "./shapes.ts";

// Mermaid sanitizes labels as it parses, which it can only do in a browser; the grammar needs none.
Object.assign(DOMPurify, { addHook() {}, sanitize: (text: string) => text });

Deno.test("mermaid() draws routines and connections in the order of the graph", async () => {
  assertEquals(
    mermaid(ORDERS),
    `flowchart LR
  r_parse["parse"]
  r_store["store"]
  r_gather["gather"]
  r_parse -- "order → order" --> r_store
  r_parse -. "#36;error → failed" .-> r_gather
`,
  );
  await parser.parse(mermaid(ORDERS));
});

Deno.test("mermaid() accepts a flow or a form of its graph", async () => {
  await using flow = new Flow()
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  const text = mermaid(flow);
  assert(text.includes(`r_fibonacci -- "result → number" --> r_total`));
  assertEquals([mermaid(flow.graph), mermaid({ graph: flow.graph })], [text, text]);
});

Deno.test("mermaid() labels with counts on request", async () => {
  const text = mermaid(ORDERS, { counts: someNumbers() });
  assertEquals(
    text,
    `flowchart LR
  r_parse["parse<br/>12 completed, 1 failed, 2 retried, 3 executing"]
  r_store["store<br/>0 completed"]
  r_gather["gather<br/>0 completed"]
  r_parse -- "order → order (12)" --> r_store
  r_parse -. "#36;error → failed (1)" .-> r_gather
  classDef failed stroke:#c62828,stroke-width:2px
  class r_parse failed
`,
  );
  await parser.parse(text);
});

Deno.test("mermaid() draws one arrow for connections that differ in their maps", async () => {
  const pair = defineRoutine(import.meta, {
    slots: { in: slot<{ a?: number; b?: number }>() },
    events: { out: event<{ a: number }>() },
    handlers: { in() {} },
  });
  await using flow = new Flow().add("pair", pair)
    .connect("pair.out", "pair.in")
    .connect("pair.out", "pair.in", { map: { a: "b" } });
  assertEquals(mermaid(flow).match(/-->/g)?.length, 1);
});

Deno.test("mermaid() draws routines that only connections name as missing", async () => {
  const text = mermaid({ routines: [], connections: ORDERS.connections });
  assert(text.includes("class r_parse,r_store,r_gather missing"));
  await parser.parse(text);
});

Deno.test("mermaid() draws an empty flow", async () => {
  await parser.parse(mermaid({ routines: [], connections: [] }));
});

Deno.test("mermaid() writes any id such that Mermaid parses it", async () => {
  await parser.parse(mermaid(HOSTILE_SHAPE));
  for (const id of HOSTILE) {
    const routines = [{ routineId: id, slots: [], events: [] }];
    const connections = [{ from: id, event: id, to: id, slot: id }];
    await parser.parse(mermaid({ routines, connections }));
  }
});

Deno.test({
  name: `mermaid() writes any id such that a browser shows it${NO_CHROMIUM}`,
  ignore: NO_CHROMIUM !== "",
  async fn() {
    await using browser = await launchChromium();
    const page = await browser.newPage();
    await page.setContent(`<div id="out"></div>`);
    const script = new URL(import.meta.resolve("npm:mermaid@12.3.0/dist/mermaid.min.js"));
    await page.addScriptTag({ path: script.pathname });
    const shown = await page.evaluate<Shown>(
      `(${DRAW})(${JSON.stringify(mermaid(HOSTILE_SHAPE))})`,
    );
    assertEquals(shown.nodes.map(withBlanks), HOSTILE.map(printed));
    const labels = shown.edges.map(withBlanks);
    assertEquals(
      HOSTILE_SHAPE.connections.map(({ event, slot }) => `${printed(event)} → ${printed(slot)}`)
        .filter((label) => !labels.includes(label)),
      [],
    );
    assertEquals(shown.scripts, 0);
  },
});

interface Shown {
  readonly nodes: string[];
  readonly edges: string[];
  readonly scripts: number;
}

/** Renders a diagram in the page, and returns the texts that it shows. */
const DRAW = `async (text) => {
  mermaid.initialize({ startOnLoad: false });
  const out = document.getElementById("out");
  out.innerHTML = (await mermaid.render("drawn", text)).svg;
  const texts = (query) => [...out.querySelectorAll(query)].map(({ textContent }) => textContent);
  const scripts = out.querySelectorAll("script").length;
  return { nodes: texts(".node"), edges: texts(".edgeLabels .edgeLabel"), scripts };
}`;

function printed(text: string): string {
  return printable(text.toWellFormed());
}

function withBlanks(text: string): string {
  return text.replaceAll("\u00a0", " ");
}
