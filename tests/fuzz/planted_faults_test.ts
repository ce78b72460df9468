import { assert, assertEquals } from "@std/assert";
import { inheritedStdFlags } from "../../tools/std_flags.ts";
import { Folder } from "../store/folder.ts";
import { PLANTED_FAULTS, type PlantedFault } from "./planted_faults.ts";

const ROOT = new URL("../../", import.meta.url);
/** The files and folders of the fuzzer and the library. */
const PARTS = [
  "deno.json",
  "deno.lock",
  "import_map.npm.json",
  "faces",
  "mod.ts",
  "src",
  "workers",
  "tests",
];
/** Some faults depend on timing, so one that the rounds of its own seeds do not meet has some more. */
const MORE = [1, 1_001, 2_001, 3_001, 4_001, 5_001, 6_001, 7_001], ROUNDS = 40;
const SETTLED_MS = 4_000;

/** A copy of the project, in which faults are planted. */
class Copy implements Disposable {
  readonly #folder = new Folder();

  constructor() {
    for (const part of [...PARTS, "tools"]) copy(new URL(part, ROOT).pathname, this.path(part));
  }

  path(part: string): string {
    return this.#folder.path(part);
  }

  /** Runs the fuzzer with a fault planted; returns `true` if it found something wrong. */
  async finds({ file, find, put, seeds }: PlantedFault): Promise<boolean> {
    const path = this.path(file);
    const sound = Deno.readTextFileSync(path);
    assertEquals(sound.split(find).length, 2, `${file} has this once: ${find}`);
    Deno.writeTextFileSync(path, sound.replace(find, () => put));
    try {
      if (await this.fuzzerFails(seeds)) return true;
      for (const seed of MORE) {
        const more = Array.from({ length: ROUNDS }, (_, i) => seed + i);
        if (await this.fuzzerFails(more)) return true;
      }
      return false;
    } finally {
      Deno.writeTextFileSync(path, sound);
    }
  }

  /** Checks whether the fuzzer finds faults in the rounds of some seeds, or the planted one ends it. */
  async fuzzerFails(seeds: Iterable<number>): Promise<boolean> {
    const given = [`--seeds=${[...seeds]}`, `--settled=${SETTLED_MS}`, "--first"];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", ...inheritedStdFlags(), "tests/fuzz/main.ts", ...given],
      cwd: this.path("."),
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    return code !== 0;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

function copy(from: string, to: string): void {
  if (Deno.statSync(from).isFile) return Deno.copyFileSync(from, to);
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) copy(`${from}/${name}`, `${to}/${name}`);
}

Deno.test("executeRound() finds each planted fault", async (test) => {
  using project = new Copy();
  await test.step("executeRound() finds nothing in an unchanged copy", async () => {
    const seeds = new Set(PLANTED_FAULTS.flatMap(({ seeds }) => seeds.slice(0, 1)));
    assertEquals(await project.fuzzerFails(seeds), false);
  });
  for (const fault of PLANTED_FAULTS) {
    await test.step(fault.name, async () => assert(await project.finds(fault)));
  }
});
