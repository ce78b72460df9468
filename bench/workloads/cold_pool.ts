/** The shortest program that has a result from a worker of the contender it is told. */
import { loadPool } from "../contenders/registry.ts";

const [name = ""] = Deno.args;
const { start } = await loadPool(name);
const session = await start({ maxWorkers: 2, tasks: "tiny" });
console.log(await session.run("next", 1));
Deno.exit();
