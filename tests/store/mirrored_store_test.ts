import { asyncStoreCases } from "@millrace/flow/store-conformance";
import { SlowServer } from "./slow_server.ts";

const cases = asyncStoreCases(() => {
  const server = new SlowServer();
  return { store: server.connect(), reopen: () => server.connect() };
});

for (const { name, run } of cases) {
  Deno.test(`asyncStoreCases() holds a store in memory to: ${name}`, run);
}
