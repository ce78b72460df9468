// A program that uses a flow and ends, to see that nothing keeps it up.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { collector, emitter } from "./basics.ts";

switch (Deno.args[0]) {
  case "close": {
    const flow = new Flow({ maxWorkers: 2 }).add("emitter", emitter).add("sink", collector)
      .connect("emitter.item", "sink.item");
    const job = await flow.execute("emitter.items", [1, 2, 3]);
    await flow.close();
    console.log(job.status);
    break;
  }
  case "await using": {
    await using flow = new Flow({ maxWorkers: 2 }).add("emitter", emitter);
    console.log((await flow.execute("emitter.items", [])).status);
    break;
  }
  case "pool": {
    await using pool = new WorkerPool({ maxWorkers: 2 });
    console.log((await pool.run(emitter, "items", ["ran"])).emits[0]?.payload);
    break;
  }
  case "not started": {
    await using _pool = new WorkerPool();
    await using _flow = new Flow().add("emitter", emitter);
    console.log("nothing started");
    break;
  }
  case "at once": {
    const flow = new Flow({ maxWorkers: 2 }).add("emitter", emitter);
    const job = flow.start("emitter.items", [1]);
    await flow.close();
    console.log(job.status);
    break;
  }
}
