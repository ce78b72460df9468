/**
 * Looks at a dashboard as its page does: reads the stream of the flow, and a page of the jobs each second. Prints a line
 * when it has read the first part.
 *
 * @module
 */

const url = new URL(Deno.args[0] ?? "");
const token = new URLSearchParams(url.hash.slice(1)).get("token") ?? "";
const headers = { Authorization: `Bearer ${token}` };
const [{ flowId }] = await (await fetch(new URL("/api/flows", url), { headers })).json();
const flow = new URL(`/api/flows/${encodeURIComponent(flowId)}/`, url);

setInterval(async () => {
  await (await fetch(new URL("jobs?limit=100", flow), { headers })).text();
}, 1_000);

const { body } = await fetch(new URL("stream", flow), { headers });
let isFirst = true;
for await (const _ of body ?? []) {
  if (isFirst) console.log("connected");
  isFirst = false;
}
