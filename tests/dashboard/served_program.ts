import { Flow } from "@millrace/flow";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { fibonacci } from "../../examples/fibonacci.ts";

if (import.meta.main) {
  await using flow = new Flow({ id: "served", maxWorkers: 1 }).add("fibonacci", fibonacci);
  const view = dashboard(flow);
  if (Deno.args[0] === "watched") {
    // The connection belongs to another process, which ends with this one.
    const { origin, hash } = new URL(view.url);
    const client = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `
        const headers = { authorization: "Bearer ${hash.replace("#token=", "")}" };
        const { body } = await fetch("${origin}/api/flows/served/stream", { headers });
        for await (const chunk of body) await Deno.stdout.write(chunk);
      `,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    client.unref();
    const reader = client.stdout.getReader();
    await reader.read();
    // The stream is open now.
    await flow.execute("fibonacci.n", 20);
    await reader.cancel();
    console.log("done");
  }
}
