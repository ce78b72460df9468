import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readmeExample } from "../docs/readme_example.ts";
import { CONSUMER } from "./consumer.ts";
import { deno } from "./deno_process.ts";
import { publish, ROOT } from "./publish.ts";
import { Registry } from "./registry.ts";
import { stdPackages } from "./std_packages.ts";
import { tempFolder } from "./temp_folder.ts";

/** All permissions that the README asks for: the folder of the routines, which the workers import. */
const PERMISSIONS = ["--allow-read=."];

/** The paths that a user has a use for. */
const LIBRARY = /^\/((?:faces|src)\/.+\.ts|workers\/.+\.ts|mod\.ts|deno\.json|[A-Z]+(\.md)?)$/;

Deno.test("jsr:@millrace/flow works from a registry", async (test) => {
  await using registry = new Registry(await stdPackages(new URL("import_map.npm.json", ROOT)));
  await using folder = await tempFolder("program", "program_cache", "publish_cache");

  const library = await publish(registry, folder.at("publish_cache"));
  for (const [name, text] of Object.entries(CONSUMER)) {
    await Deno.writeTextFile(folder.at(`program/${name}`), text);
  }
  const consume = (...args: string[]) =>
    deno(args, {
      cwd: folder.at("program"),
      registry: registry.url,
      cache: folder.at("program_cache"),
    });

  await test.step("deno publish uploads only the library", () => {
    const paths = [...library.files.keys()];
    const strange = paths.filter((path) => !LIBRARY.test(path) || path.endsWith("_test.ts"));
    assertEquals(strange, []);
    for (
      const path of [
        "/mod.ts",
        "/faces/pool.ts",
        "/workers/worker.ts",
        "/README.md",
        "/LICENSE",
        "/deno.json",
      ]
    ) {
      assert(library.files.has(path), `${path} is not published`);
    }
  });

  await test.step("Flow runs workers from the registry", async () => {
    const { success, stdout, stderr } = await consume("run", ...PERMISSIONS, "main.ts");
    assert(success, stderr);
    assertEquals(JSON.parse(stdout), {
      status: "completed",
      sum: 110,
      entry: `${registry.url}/@millrace/flow/${library.version}/workers/worker.ts`,
    });
  });

  await test.step("jsr:@millrace/flow/cli is a program", async () => {
    const cli = "jsr:@millrace/flow/cli";
    const version = await consume("run", cli, "--version");
    assertEquals([version.success, version.stdout], [true, `${library.version}\n`], version.stderr);
    const code =
      `import { Flow } from "jsr:@millrace/flow"; export default new Flow({ id: "mine" });`;
    await Deno.writeTextFile(folder.at("program/flow.ts"), code);
    const graph = await consume("run", ...PERMISSIONS, cli, "graph", "flow.ts", "--json");
    assert(graph.success, graph.stderr);
    assertEquals(JSON.parse(graph.stdout).flowId, "mine");
  });

  await test.step("ModuleLoadError names the missing read permission", async () => {
    const { success, stderr } = await consume("run", "main.ts");
    assert(!success, "it runs");
    assertStringIncludes(stderr, "ModuleLoadError");
    assertStringIncludes(stderr, "--allow-read");
  });

  await test.step("jsr:@millrace/flow imports no other package", async () => {
    const home = `${registry.url}/@millrace/flow/${library.version}`;
    for (const entry of ["jsr:@millrace/flow", `${home}/workers/worker.ts`]) {
      const { success, stdout, stderr } = await consume("info", "--json", entry);
      assert(success, stderr);
      const { modules } = JSON.parse(stdout) as { modules: { specifier: string }[] };
      assert(modules.length > 1, `${entry} has imports`);
      // The built-in modules of Deno are no package.
      const others = modules.filter(({ specifier }) => !/^node:/.test(specifier))
        .filter(({ specifier }) => !specifier.startsWith(home));
      assertEquals(others, []);
    }
  });

  await test.step("README.md states the required permissions", async () => {
    const readme = await Deno.readTextFile(new URL("README.md", ROOT));
    assertStringIncludes(readme, `deno run ${PERMISSIONS.join(" ")} main.ts`);
  });

  await test.step("deno check accepts the published types, and rejects each marked mistake", async () => {
    const { files } = await readmeExample();
    await Deno.mkdir(folder.at("program/readme"));
    for (const [name, text] of files) {
      await Deno.writeTextFile(folder.at(`program/readme/${name}`), text);
    }
    const sound = ["main.ts", "routines.ts", ...[...files.keys()].map((name) => `readme/${name}`)];
    const { success, stderr } = await consume("check", ...sound, "mistakes.ts");
    assert(!success, "the mistakes compile");
    const found = stderr.matchAll(/^ {4}at \S*program\/(\S+\.ts):(\d+):\d+$/gm);
    const wrong = CONSUMER["mistakes.ts"].split("\n")
      .flatMap((line, index) => line.endsWith("// wrong") ? [`mistakes.ts:${index + 1}`] : []);
    const lines = new Set([...found].map(([, name, line]) => `${name}:${line}`));
    assertEquals([...lines].sort(), wrong.sort(), stderr);
  });
});
