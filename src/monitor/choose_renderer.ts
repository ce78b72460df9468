// Chooses the renderer of a monitor by its options and its surroundings.

import { Palette } from "../terminal/palette.ts";
import { JsonRenderer } from "./json_renderer.ts";
import { LinesRenderer } from "./lines_renderer.ts";
import { LiveBlock } from "./live_block.ts";
import { LiveRenderer } from "./live_renderer.ts";
import type { MonitorOptions, RendererName } from "./monitor_options.ts";
import type { Renderer } from "./renderer.ts";
import { areaOf, outputOf } from "./shared_outputs.ts";
import { SILENT_RENDERER } from "./silent_renderer.ts";

/** Returns the renderer for the options of a monitor. */
export function chooseRenderer({ renderer, output = "stdout" }: MonitorOptions): Renderer {
  if (typeof renderer === "object") return renderer;
  const out = outputOf(output);
  const surroundings = { isTerminal: out.isTerminal, isColorless: Deno.noColor, env: envOf };
  const { name, isColored } = choose(renderer, surroundings);
  const paint = new Palette(isColored);
  if (name === "live") {
    const block = new LiveBlock(paint);
    return new LiveRenderer(areaOf(out), (snapshot, size) => block.lines(snapshot, size));
  }
  if (name === "json") return new JsonRenderer(out);
  return name === "lines" ? new LinesRenderer(out, paint) : SILENT_RENDERER;
}

/** The surroundings by which a renderer is chosen. */
export interface Surroundings {
  /** `true` if the output is a terminal. */
  readonly isTerminal: boolean;
  /** `true` if `NO_COLOR` is set and `FORCE_COLOR` is not, which Deno reads without a permission. */
  readonly isColorless: boolean;
  /** Returns an environment variable; `undefined` if it is not set or cannot be read. */
  env(name: string): string | undefined;
}

/** Chooses a renderer and its colours. */
export function choose(
  wanted: RendererName | undefined,
  { isTerminal, isColorless, env }: Surroundings,
): { readonly name: RendererName; readonly isColored: boolean } {
  const isForced = isSet(env("FORCE_COLOR"));
  const isColored = !isColorless && (isTerminal || isForced);
  if (wanted !== undefined && wanted !== "live") return { name: wanted, isColored };
  const isAble = isTerminal && env("TERM") !== "dumb";
  const isFit = wanted === "live" || isForced || !(isColorless || isSet(env("CI")));
  return { name: isAble && isFit ? "live" : "lines", isColored };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Reads an environment variable, if that needs no prompt. */
function envOf(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
