import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { htmlReport } from "../../src/report/html_report.ts";
import { pageJson } from "../../src/report/page_json.ts";
import { anyReport, EVIL } from "./reports.ts";

/** Texts that end or change the element of the data in a page. */
const HOSTILE = [
  "</script>",
  "</SCRIPT ",
  "<!--",
  "-->",
  "<script>alert(1)</script>",
  "]]>",
  "&lt;&amp;&#0;",
  "\u2028\u2029",
  "\ufeff\ufffe\uffff",
  "\0\u0001\u001b[2J\r\n\t\u007f\u0085\u009b",
  "\ud800",
  "\udc00x\ud83d",
  "\u{1f600}",
  "$& $1 $`",
  "__proto__",
  EVIL,
];

const TEXT = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }));
const VALUE = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    TEXT,
    fc.double(),
    fc.constantFrom(null, true, undefined),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(TEXT, tie("value"), { maxKeys: 4 }),
  ),
})).value;

Deno.test("pageJson() gives the same data as JSON when parsed", () => {
  fc.assert(fc.property(VALUE, (value) => {
    const data = { value };
    assertEquals(JSON.parse(pageJson(data)), JSON.parse(JSON.stringify(data)));
  }));
});

Deno.test("pageJson() contains no character that a page would read", () => {
  fc.assert(fc.property(VALUE, (value) => {
    const json = pageJson({ value });
    // deno-lint-ignore no-control-regex
    assert(!/[<>&\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(json));
    assert(json.isWellFormed());
  }));
});

Deno.test("htmlReport() contains the data of the report", () => {
  for (const name of [...HOSTILE, "x".repeat(1_000_000)]) {
    const report = anyReport({ name, executions: name.length > 1_000 ? 1 : 4 });
    const html = htmlReport(report);
    assertEquals(JSON.stringify(dataOf(html)), JSON.stringify(report));
  }
});

Deno.test("htmlReport() names no address of a network", () => {
  const html = htmlReport(anyReport({ name: "job", executions: 2 }));
  const addresses = [...html.matchAll(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}[^\s"'`)]*/gi)]
    .map(([address]) => address);
  // Names of XML, which nothing requests.
  assertEquals(addresses.filter((each) => !each.startsWith("http://www.w3.org/")), []);
  const sources = [
    ...html.matchAll(/<(?:link|script|img|iframe|base)\b[^>]*\b(?:href|src)="([^"]*)/gi),
  ]
    .map(([, source = ""]) => source);
  assertEquals(sources.filter((each) => !each.startsWith("data:")), []);
  assert(html.startsWith("<!doctype html>") || html.startsWith("<!DOCTYPE html>"));
});

/** Reads the data of a page as a browser does: up to the first end of the element. */
function dataOf(html: string): unknown {
  const start = /<script[^>]*\bid="report"[^>]*>/.exec(html);
  assert(start !== null);
  const from = start.index + start[0].length;
  return JSON.parse(html.slice(from, html.indexOf("</script", from)));
}
