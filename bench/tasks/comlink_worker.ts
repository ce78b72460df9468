import * as Comlink from "npm:comlink@4.4.2";
import { tasks } from "./tasks.ts";

Comlink.expose({
  ...tasks,
  move(bytes: Uint8Array<ArrayBuffer>) {
    return Comlink.transfer(tasks.move(bytes), [bytes.buffer]);
  },
});
