import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { Liveness } from "../../src/pool/liveness.ts";
import { standStill } from "../routines/stand_still.ts";

Deno.test("Liveness.check() finds a worker that does not answer, even if the host is always busy", async () => {
  const liveness = new Liveness(() => {});
  let answers: boolean | undefined;
  const checked = liveness.check().then((result) => answers = result);
  for (let turns = 0; answers === undefined && turns < 100; turns++) {
    standStill(90);
    await delay(0);
  }
  assertEquals(answers, false);
  await checked;
});

Deno.test("Liveness.check() reads an answer that came while the host was blocked", async () => {
  const { port1, port2 } = new MessageChannel();
  const liveness = new Liveness((ping) => port2.postMessage(ping));
  port1.onmessage = ({ data }) => liveness.heard(data);
  const checked = liveness.check();
  standStill(500);
  assertEquals(await checked, true);
  port1.close();
});
