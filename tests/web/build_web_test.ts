// The built pages in src/web are those that `deno task build:web` builds from client/.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { DASHBOARD_CSP, DASHBOARD_PAGE } from "../../src/web/dashboard_page.ts";
import { reportPage } from "../../src/web/report_page.ts";
import { buildWeb, BUILT_WITH, canBuild } from "../../tools/build_web.ts";

const ROOT = new URL("../../", import.meta.url);

/** The reason why the pages cannot be built here; `undefined` if they can. */
const obstacle = Deno.version.deno !== BUILT_WITH
  ? `ignored: built with Deno ${BUILT_WITH}`
  : await canBuild()
  ? undefined
  : "ignored: the bundler does not run here";

Deno.test({
  name: `buildWeb() builds the committed pages${obstacle === undefined ? "" : ` (${obstacle})`}`,
  ignore: obstacle !== undefined,
  async fn() {
    for (const [path, text] of await buildWeb()) {
      const committed = await Deno.readTextFile(new URL(path, ROOT));
      assert(text === committed, `${path} differs: run \`deno task build:web\``);
    }
  },
});

Deno.test("DASHBOARD_PAGE is small and names no path of its build", () => {
  assert(DASHBOARD_PAGE.length < 250_000, `${DASHBOARD_PAGE.length}`);
  assert(reportPage("{}").length < 200_000, `${reportPage("{}").length}`);
  for (const page of [DASHBOARD_PAGE, reportPage("{}")]) {
    assert(!page.includes("file://"));
    assert(!page.includes(ROOT.pathname));
    assertMatch(page, /Jason Miller[^]*Permission is hereby granted/);
  }
});

Deno.test("DASHBOARD_CSP permits the page's own script and style alone", async () => {
  for (const tag of ["script", "style"]) {
    const elements = [...DASHBOARD_PAGE.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))];
    assertEquals(elements.length, 1);
    const bytes = new TextEncoder().encode(elements[0]?.[1]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assert(DASHBOARD_CSP.includes(`${tag}-src 'sha256-${digest.toBase64()}';`), tag);
  }
  assert(!DASHBOARD_CSP.includes("unsafe"));
});

Deno.test("reportPage() contains any JSON as data", () => {
  const value = { text: "</script><!-- <script>", other: "\u2028 \\u003c" };
  const page = reportPage(JSON.stringify(value));
  const data = /<script type="application\/json" id="report">([^]*?)<\/script>/.exec(page)?.[1];
  assertEquals(JSON.parse(data ?? ""), value);
  assert(!data?.includes("<"));
});
