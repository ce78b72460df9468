import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dot, mermaid } from "@millrace/flow/export";
import { flow } from "./flows.ts";
import { tempFolder } from "./journals.ts";
import { jsonOf, runCli } from "./run_cli.ts";

const MODULE = "tests/cli/flows.ts";

Deno.test("graph draws the flow of a module in each format", async () => {
  await using numbers = flow();
  const drawn = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(["graph", MODULE, ...args], ["--allow-read"]);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assertEquals(await drawn("--format", "mermaid"), mermaid(numbers));
  assertEquals(await drawn("--format=dot"), dot(numbers));
  assertEquals(
    await drawn(),
    "double(number) -> doubled\n  doubled  -> keep.number\nkeep(number)\n",
  );
  const json = JSON.parse(await drawn("--json"));
  assertEquals(json, {
    flowId: "numbers",
    routines: [
      { routineId: "double", slots: ["number"], events: ["doubled"] },
      { routineId: "keep", slots: ["number"], events: [] },
    ],
    connections: [{ from: "double", event: "doubled", to: "keep", slot: "number" }],
  });
  assertEquals(JSON.parse(await drawn("--format", "json")), json);
});

Deno.test("graph finds the flow of a module by its exports", async () => {
  using folder = tempFolder();
  const flows = new URL("flows.ts", import.meta.url);
  const library = `import { Flow } from "@millrace/flow"; import { flow as make } from "${flows}";`;
  const idOf = async (code: string, ...args: string[]) => {
    const path = `${folder.path}/${crypto.randomUUID()}.ts`;
    await Deno.writeTextFile(path, `${library}\n${code}`);
    return (await jsonOf(["graph", path, ...args]) as { flowId: string }).flowId;
  };
  assertEquals(await idOf(`export default new Flow({ id: "a" });`), "a");
  assertEquals(await idOf(`export const flow = new Flow({ id: "b" }); export const x = 1;`), "b");
  assertEquals(await idOf(`export default () => Promise.resolve(new Flow({ id: "c" }));`), "c");
  assertEquals(
    await idOf(`export const only = new Flow({ id: "d" }); export const make_ = make;`),
    "d",
  );
  const two =
    `export const one = new Flow({ id: "e" }); export const two = () => new Flow({ id: "f" });`;
  assertEquals(await idOf(two, "--export", "two"), "f");
});

Deno.test("graph keeps the lines that a module prints out of its output", async () => {
  using folder = tempFolder();
  const path = `${folder.path}/loud.ts`;
  const code =
    `import { Flow } from "@millrace/flow"; console.log("loading"); export default new Flow();`;
  await Deno.writeTextFile(path, code);
  const { stdout, stderr } = await runCli(["graph", path, "--json"]);
  assertEquals([JSON.parse(stdout).flowId, stderr], ["flow", "loading\n"]);
});

Deno.test("graph ends if a module ends the program, or never settles", async () => {
  using folder = tempFolder();
  const path = `${folder.path}/module.ts`;
  const codes = [
    "Deno.exit(0);",
    "export default () => Deno.exit(0);",
    "export default () => new Promise(() => {});",
  ];
  for (const code of codes) {
    await Deno.writeTextFile(path, code);
    assertEquals(await runCli(["graph", path]), {
      code: 1,
      stdout: "",
      stderr: "millrace: the module ended the program, or waits for what never comes\n",
    });
  }
});

Deno.test("graph --json prints no other format", async () => {
  const { code, stdout, stderr } = await runCli(["graph", MODULE, "--json", "--format", "dot"]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^millrace: --json and --format dot are two formats; .*\n$/);
});

const WRONG: readonly (readonly [
  name: string,
  code: string | undefined,
  args: readonly string[],
  message: RegExp,
])[] = [
  ["missing", undefined, [], /cannot load file:\/\/\S+: TypeError: Module not found/],
  ["broken", "export const = 1;", [], /cannot load file:\/\/\S+: \w+: /],
  ["throwing", `throw new RangeError("no \\u001b[31m");`, [], /: RangeError: no \\u001b\[31m/],
  [
    "without a flow",
    "export const x = 1;",
    [],
    /has no flow; export a Flow, .* \(it exports x\)/,
  ],
  [
    "with two flows",
    `import { Flow } from "@millrace/flow"; export const a = new Flow(), b = new Flow();`,
    [],
    /several flows; choose one with --export: a, b/,
  ],
  [
    "with a class",
    "export default class Numbers {}",
    [],
    /the function of \S+ failed: TypeError: Class constructor/,
  ],
  ["whose function returns none", "export default () => 1;", [], /does not return a flow/],
  [
    "without the export",
    "export const x = 1;",
    ["--export", "y"],
    /has no export "y"; it exports x/,
  ],
  [
    "with another export",
    "export const x = 1;",
    ["--export", "x"],
    /export "x" of \S+ is no flow/,
  ],
];

for (const [name, code, args, message] of WRONG) {
  Deno.test(`graph refuses a module ${name}`, async () => {
    using folder = tempFolder();
    const path = `${folder.path}/module.ts`;
    if (code !== undefined) await Deno.writeTextFile(path, code);
    const { code: exitCode, stdout, stderr } = await runCli(["graph", path, ...args]);
    assertEquals([exitCode, stdout], [1, ""]);
    assertMatch(stderr, message);
    assertStringIncludes(stderr, "millrace: ");
  });
}

Deno.test("graph names the flag of a missing permission for a URL", async () => {
  for (
    const [module, flag] of [
      ["https://127.0.0.1:1/flow.ts", "--allow-import=127.0.0.1:1"],
      ["http://example.com/flow.ts", "--allow-import=example.com:80"],
      ["file:///nowhere/a%20flow.ts", "--allow-read=/nowhere/a flow.ts"],
    ] as const
  ) {
    const { code, stderr } = await runCli(["graph", module], []);
    assertEquals([code, stderr.endsWith(`; run it with ${flag}\n`)], [1, true], stderr);
  }
});

Deno.test("graph names the flag of a missing permission", async () => {
  const { code, stderr } = await runCli(["graph", MODULE], []);
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `millrace: needs permission to read ${MODULE}; run it with --allow-read=${MODULE}\n`,
  );
});
