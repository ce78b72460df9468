import { Flow } from "@millrace/flow";
import { fibonacci, total } from "../../examples/fibonacci.ts";

await using flow = new Flow({ maxWorkers: 1 })
  .add("fibonacci", fibonacci)
  .add("total", total)
  .connect("fibonacci.result", "total.number");
const job = await flow.execute("fibonacci.n", 20);
console.log(job.status, job.sharedData.total);
