import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { shown } from "./shown_routines.ts";

if (import.meta.main) {
  const [path = ""] = Deno.args;
  using store = new SqliteStore(path);
  await using flow = new Flow({ id: "numbers", store, maxWorkers: 1 })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  await using asking = new Flow({ id: "asking", store, maxWorkers: 1 }).add("shown", shown);
  await flow.execute("fibonacci.n", 5, { jobId: "number_0" });
  const open = asking.start("shown.asks", "go", { jobId: "open" });
  while (open.waitingFor.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await asking.flush();
  console.log("ready");
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let n = 0;
  for await (const command of lines) {
    if (command.startsWith("more")) {
      for (let i = 0; i < 5; i++) {
        await flow.execute("fibonacci.n", 5, { jobId: `number_${++n}` });
      }
    }
    if (command.startsWith("signal")) {
      asking.signal("open", "go", "now");
      await open.waitForCompletion();
    }
    console.log("done");
  }
}
