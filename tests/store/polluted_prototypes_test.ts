import { assertEquals } from "@std/assert";
import { runDeno } from "../run_deno.ts";

const PROGRAM = new URL("./polluted_program.ts", import.meta.url);

Deno.test("SqliteStore keeps every value where prototypes have been extended", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [`${folder}/journal.db`], ["-A"]);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
