import { type Browser, chromium } from "npm:playwright-core@1.65.1";

/** The paths at which Debian and others install Chromium. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const path = PATHS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** The end of the name of a test that is skipped because there is no Chromium; empty if there is one. */
export const NO_CHROMIUM = path === undefined ? " (skipped: no Chromium in /usr/bin)" : "";

/** Starts Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: path ?? "", args: ["--no-sandbox"] });
}
