import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { dashboard } from "../../src/dashboard/dashboard.ts";
import { DashboardStartError } from "../../src/errors/dashboard_errors.ts";
import { runDeno } from "../run_deno.ts";
import { DashboardClient } from "./dashboard_client.ts";

Deno.test("dashboard() requires the token for data and actions", async () => {
  await using flow = new Flow({ id: "guarded" });
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const statuses = async (headers: Record<string, string>) => {
    const paths = ["/", "/api/flows", "/api/flows/guarded/stream", "/api/flows/guarded/snapshot"];
    const answers = await Promise.all(
      paths.map((path) => fetch(client.origin + path, { headers })),
    );
    for (const answer of answers) await answer.body?.cancel();
    return answers.map(({ status }) => status);
  };
  const wrong = { authorization: `Bearer ${client.token.slice(0, -1)}` };
  const other = { authorization: `Bearer ${"x".repeat(client.token.length)}` };
  const noBearer = { authorization: client.token };
  for (const headers of [{}, wrong, other, noBearer]) {
    assertEquals(await statuses(headers as Record<string, string>), [200, 401, 401, 401]);
  }
  assertEquals(await statuses(client.authorization), [200, 200, 200, 200]);
  const action = { method: "POST", body: '{"type":"pause"}' };
  const refused = await fetch(`${client.origin}/api/flows/guarded/actions`, action);
  assertEquals([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
  await refused.body?.cancel();
  assertEquals(flow.status, "running");
});

Deno.test("dashboard() gives each dashboard another token of 192 bits", async () => {
  await using flow = new Flow();
  await using one = dashboard(flow);
  await using other = dashboard(flow);
  const tokens = [one, other].map(({ url }) => new URL(url).hash);
  assertMatch(tokens[0]!, /^#token=[\w-]{32}$/);
  assertNotEquals(tokens[0], tokens[1]);
});

Deno.test("dashboard() refuses other hosts and origins and sites", async () => {
  await using flow = new Flow();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const send = async (...headers: string[]) => {
    const auth = `Authorization: Bearer ${client.token}`;
    const lines = ["GET /api/flows HTTP/1.1", auth, "Connection: close", ...headers];
    return Number((await client.raw(`${lines.join("\r\n")}\r\n\r\n`)).slice(9, 12));
  };
  const own = `127.0.0.1:${view.port}`;
  const accepted = [
    [`Host: ${own}`],
    [`Host: localhost:${view.port}`],
    // A port that is forwarded from another one.
    ["Host: localhost:1"],
    [`Host: ${own}`, `Origin: http://${own}`, "Sec-Fetch-Site: same-origin"],
    [`Host: ${own}`, "Sec-Fetch-Site: none"],
  ];
  for (const headers of accepted) assertEquals(await send(...headers), 200, headers.join());
  const refused = [
    [],
    ["Host: "],
    ["Host: evil.example"],
    [`Host: evil.example:${view.port}`],
    [`Host: 127.0.0.1.evil.example:${view.port}`],
    [`Host: evil.example/${own}`],
    [`Host: ${own}`, "Origin: https://evil.example"],
    [`Host: ${own}`, "Origin: null"],
    [`Host: ${own}`, `Origin: http://localhost:${view.port}`],
    [`Host: ${own}`, "Origin: http://127.0.0.1:1"],
    [`Host: ${own}`, "Sec-Fetch-Site: cross-site"],
    [`Host: ${own}`, "Sec-Fetch-Site: same-site"],
    [`Host: ${own}`, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"],
  ];
  for (const headers of refused) {
    assert([400, 403].includes(await send(...headers)), headers.join());
  }
});

Deno.test("dashboard() serves its page to links of other sites", async () => {
  await using flow = new Flow();
  await using view = dashboard(flow);
  const client = new DashboardClient(view);
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const page = await client.raw(
    ["GET / HTTP/1.1", `Host: 127.0.0.1:${view.port}`, ...lines, "Connection: close", "", ""]
      .join("\r\n"),
  );
  assertMatch(page, /^HTTP\/1.1 200/);
  assertMatch(page, /content-security-policy: [^\r]*frame-ancestors 'none'/i);
});

Deno.test("dashboard() allows its page only its own script and style", async () => {
  await using flow = new Flow();
  await using view = dashboard(flow);
  const { origin, authorization } = new DashboardClient(view);
  const page = await fetch(`${origin}/`);
  const html = await page.text();
  const policy = page.headers.get("content-security-policy") ?? "";
  for (
    const part of [
      "default-src 'none'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
    ]
  ) {
    assert(policy.includes(part), policy);
  }
  assert(!policy.includes("unsafe"), policy);
  for (const tag of ["script", "style"]) {
    const [, text = ""] = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(html) ?? [];
    assert(text !== "");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    assert(policy.includes(`${tag}-src 'sha256-${new Uint8Array(digest).toBase64()}'`), policy);
  }
  for (const path of ["/", "/api/flows", "/nothing"]) {
    const { headers, body } = await fetch(origin + path, { headers: authorization });
    await body?.cancel();
    assertEquals(
      ["cache-control", "referrer-policy", "x-content-type-options"].map((name) =>
        headers.get(name)
      ),
      ["no-store", "no-referrer", "nosniff"],
    );
    assertEquals(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("dashboard() refuses invalid options and equal ids", async () => {
  await using flow = new Flow({ id: "twin" });
  await using twin = new Flow({ id: "twin" });
  const invalid = [
    { port: -1 },
    { port: 70_000 },
    { port: 1.5 },
    { token: "short" },
    { token: "with a space in it, and more" },
    { hostname: 7 as unknown as string },
    { prot: 1 } as object,
  ];
  for (const options of invalid) {
    const error = assertThrows(() => dashboard(flow, options), InvalidOptionError);
    assert(!error.message.includes("short") || !("token" in options));
  }
  assertThrows(() => dashboard([flow, twin]), InvalidOptionError, 'two flows have the id "twin"');
  const aborted = AbortSignal.abort(new Error("too late"));
  assertThrows(() => dashboard(flow, { signal: aborted }), Error, "too late");
});

Deno.test("dashboard() reports an address that it cannot serve", async () => {
  await using flow = new Flow();
  await using view = dashboard(flow);
  const inUse = assertThrows(() => dashboard(flow, { port: view.port }), DashboardStartError);
  assertMatch(inUse.message, new RegExp(`port ${view.port} is in use; .*choose another port`));
  const hostname = "no.such.host.invalid";
  const error = assertThrows(() => dashboard(flow, { hostname }), DashboardStartError);
  assertMatch(error.message, /no\.such\.host\.invalid:0: .*; choose another hostname/);
});

Deno.test("dashboard() reports a missing permission without a prompt", async () => {
  const program = new URL("./served_program.ts", import.meta.url);
  const { code, stderr } = await runDeno(program, ["idle"], ["--allow-read", "--no-check"]);
  assertEquals(code, 1);
  assertMatch(stderr, /DashboardStartError: .*no permission.*--allow-net=127\.0\.0\.1$/m);
  const granted = ["--allow-read", "--no-check", "--allow-net=127.0.0.1"];
  assertEquals((await runDeno(program, ["idle"], granted)).code, 0);
});

Deno.test("dashboard() does not keep the program alive", async () => {
  const program = new URL("./served_program.ts", import.meta.url);
  const permissions = ["-A", "--no-check"];
  const { code, stdout, stderr } = await runDeno(program, ["watched"], permissions);
  assertEquals([code, stdout.trim()], [0, "done"], stderr);
});

Deno.test("dashboard() accepts a given token", async () => {
  await using flow = new Flow();
  const token = "a-token.of~16_letters";
  await using view = dashboard(flow, { token });
  const client = new DashboardClient(view);
  assertEquals(client.token, token);
  assertEquals((await client.flows()).length, 1);
});
