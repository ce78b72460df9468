import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCli } from "./run_cli.ts";

const MODULE = "tests/cli/faulty_flows.ts";

Deno.test("validate finds no faults in a flow without any", async () => {
  const { code, stdout, stderr } = await runCli(["validate", "tests/cli/flows.ts"], [
    "--allow-read",
  ]);
  assertEquals([code, stdout, stderr], [0, "flow numbers has no faults\n", ""]);
});

Deno.test("validate reports each fault with its fix", async () => {
  const { code, stdout, stderr } = await runCli(["validate", MODULE, "--export", "faulty"]);
  assertEquals([code, stderr], [1, ""]);
  assertStringIncludes(
    stdout,
    `error double.doubled -> nobody.number: there is no routine "nobody"\n  `,
  );
  assertStringIncludes(stdout, "flow faulty has 2 faults\n");

  const json = await runCli(["validate", MODULE, "--export", "faulty", "--json"]);
  assertEquals(json.code, 1);
  const { flowId, issues } = JSON.parse(json.stdout);
  assertEquals(flowId, "faulty");
  assertEquals(issues.map(({ code, severity }: Record<string, string>) => [code, severity]), [
    ["unknown_routine", "error"],
    ["not_exported", "error"],
  ]);
});

Deno.test("validate --entry names slots at which jobs start", async () => {
  const circle = ["validate", MODULE, "--export", "circle"];
  const { code, stdout } = await runCli(circle);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "warning double: no entry leads to this routine");
  const entered = await runCli([...circle, "--entry", "double.number"]);
  assertEquals([entered.code, entered.stdout], [0, "flow circle has no faults\n"]);
  const unknown = await runCli([
    ...circle,
    "--entry",
    "double.number",
    "--entry",
    "double.nothing",
  ]);
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.stdout, `has no slot "nothing"`);
});
