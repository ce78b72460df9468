import { assertEquals } from "@std/assert";
import { choose } from "../../src/monitor/choose_renderer.ts";

function chosen(
  wanted: Parameters<typeof choose>[0],
  isTerminal: boolean,
  env: Readonly<Record<string, string>> = {},
): string {
  // As Deno does it.
  const isColorless = (env.NO_COLOR ?? "") !== "" && (env.FORCE_COLOR ?? "") === "";
  const { name, isColored } = choose(wanted, { isTerminal, isColorless, env: (key) => env[key] });
  return isColored ? `${name} in colour` : name;
}

Deno.test("choose() takes the live renderer on a terminal", () => {
  assertEquals(chosen(undefined, true), "live in colour");
  assertEquals(chosen(undefined, true, { CI: "false" }), "live in colour");
  assertEquals(chosen(undefined, true, { NO_COLOR: "" }), "live in colour");
});

Deno.test("choose() falls back to lines where a block would not do", () => {
  assertEquals(chosen(undefined, false), "lines");
  assertEquals(chosen(undefined, true, { CI: "true" }), "lines in colour");
  assertEquals(chosen(undefined, true, { NO_COLOR: "1" }), "lines");
  assertEquals(chosen(undefined, true, { TERM: "dumb" }), "lines in colour");
});

Deno.test("choose() lets FORCE_COLOR override CI and NO_COLOR", () => {
  const forced = { FORCE_COLOR: "1", CI: "true", NO_COLOR: "1" };
  assertEquals(chosen(undefined, true, forced), "live in colour");
  assertEquals(chosen(undefined, false, forced), "lines in colour");
});

Deno.test("choose() takes the renderer that is wanted", () => {
  assertEquals(chosen("live", true, { CI: "true" }), "live in colour");
  assertEquals(chosen("live", true, { NO_COLOR: "1" }), "live");
  assertEquals(chosen("live", false), "lines");
  assertEquals(chosen("json", true), "json in colour");
  assertEquals(chosen("silent", false), "silent");
  assertEquals(chosen("lines", true), "lines in colour");
});
