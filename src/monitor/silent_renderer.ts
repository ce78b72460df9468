import type { Renderer } from "./renderer.ts";

/** Shows nothing. */
export const SILENT_RENDERER: Renderer = {
  interval: 60_000,
  frame() {},
  end() {},
};
