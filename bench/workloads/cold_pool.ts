/** The shortest program that gets a result from a worker of a given contender. */
import { loadPool } from "../contenders/registry.ts";

const [name = ""] = Deno.args;
const { start } = await loadPool(name);
const session = await start({ maxWorkers: 2, tasks: "tiny" });
console.log(await session.run("next", 1));
Deno.exit();
