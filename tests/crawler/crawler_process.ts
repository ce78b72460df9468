import { inheritedStdFlags } from "../../tools/std_flags.ts";

const ROOT = new URL("../../", import.meta.url);

/** A crawl that takes longer is a failure. */
const HANGS = 120_000;

/** Starts the crawler as its comment says, but with only the permissions that it needs for a web on the loopback. */
export function startCrawler(start: string, file: string): Deno.ChildProcess {
  const folder = file.slice(0, file.lastIndexOf("/"));
  const permissions = [
    "--allow-net=127.0.0.1",
    `--allow-read=.,${folder}`,
    `--allow-write=${folder}`,
  ];
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      "--no-check",
      ...permissions,
      ...inheritedStdFlags(),
      "examples/crawler/main.ts",
      start,
      file,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(HANGS),
  }).spawn();
}

/** Runs the crawler to its end. */
export async function runCrawler(start: string, file: string) {
  const { code, stdout, stderr } = await startCrawler(start, file).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
