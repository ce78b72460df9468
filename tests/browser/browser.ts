// Tests in a browser: Chromium, driven by playwright. Where no browser is installed, each of them is ignored under a
// name that says so.

import { assertEquals } from "@std/assert";
import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";

export type { Page };

/** The path of the browser; `undefined` if none is installed. */
export const BROWSER: string | undefined = findBrowser();

/** The settings of the page of a test. */
export interface PageOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** A page, and all that it did. */
export interface Visit {
  readonly page: Page;
  /** The addresses that it requested. */
  readonly requests: string[];
}

/**
 * Registers a test with a page of its own. It fails if a program of the page throws, if the page's policy stops
 * something, or if a dialog of the browser opens, as an injected script could do.
 */
export function browserTest(
  name: string,
  run: (visit: Visit) => Promise<void>,
  options: PageOptions = {},
): void {
  Deno.test({
    name: BROWSER === undefined ? `${name} (ignored: no Chromium is installed)` : name,
    ignore: BROWSER === undefined,
    // The connection to the browser is shared by the tests of a file.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => withPage(run, options),
  });
}

/** Opens a page for a function, and closes it. */
export async function withPage(
  run: (visit: Visit) => Promise<void>,
  { colorScheme = "light", width = 1280, height = 800 }: PageOptions = {},
): Promise<void> {
  launched ??= launch();
  const context = await (await launched).newContext({
    colorScheme,
    viewport: { width, height },
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const faults: string[] = [];
  const requests: string[] = [];
  try {
    const page = await context.newPage();
    // Other tests keep the machine busy.
    page.setDefaultTimeout(90_000);
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    await run({ page, requests });
    assertEquals(faults, []);
  } finally {
    await context.close();
  }
}

/** Closes the browser. The tests of a file call it at their end. */
export async function closeBrowser(): Promise<void> {
  const browser = await launched;
  launched = undefined;
  await browser?.close();
}

let launched: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  if (BROWSER === undefined) throw new Error("no Chromium is installed");
  // The sandbox of Chromium refuses to work for root, which is the user in containers.
  const args = Deno.uid() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: BROWSER, args, timeout: 120_000 });
}

function findBrowser(): string | undefined {
  const folders = ["/usr/bin", ...(Deno.env.get("PATH") ?? "").split(":")];
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return names.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
