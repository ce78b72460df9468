import workerpool from "npm:workerpool@10.0.3";
import { tasks } from "./tasks.ts";

workerpool.worker({
  ...tasks,
  move(bytes: Uint8Array<ArrayBuffer>) {
    return new workerpool.Transfer(tasks.move(bytes), [bytes.buffer]);
  },
});
