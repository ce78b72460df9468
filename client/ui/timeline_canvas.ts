// Draws the rows of a timeline that are in sight on a canvas, so that tens of thousands of spans stay fast.
// Executing is a thick bar; waiting is a thin line, dashed while it waits for the delay of a retry and dotted while
// it waits for a signal. `timeline.tsx` calls it.

import type { Span, TimelineRow } from "../data/span.ts";
import { ticksOf, type TimeWindow } from "../data/time_window.ts";
import { duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";

export const ROW_HEIGHT = 24;
export const AXIS_HEIGHT = 24;
const BAR = { top: 4, height: 11 };
const WAIT = { top: 18, height: 2 };

/** The measures of a timeline and the part of it that is in sight. */
export interface TimelineView {
  readonly width: number;
  readonly height: number;
  readonly labelWidth: number;
  readonly window: TimeWindow;
  /** The time at which the axis has its zero. */
  readonly origin: number;
  readonly scrollTop: number;
}

/** The colours of a timeline. */
export type Palette = Readonly<Record<(typeof COLOURS)[number], string>>;

/** The variables of the style sheet that a timeline uses. */
export const COLOURS = [
  "surface",
  "stripe",
  "border",
  "text",
  "muted",
  "accent",
  "bar-done",
  "bar-fail",
  "bar-warn",
  "bar-idle",
  "bar-run",
  "bar-wait",
] as const;

/** Reads the colours of the current theme. */
export function paletteOf(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const entries = COLOURS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Palette;
}

/** Draws the rows in sight. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  rows: readonly TimelineRow[],
  view: TimelineView,
  palette: Palette,
  selected: { readonly row: number; readonly span: number } | undefined,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const density = globalThis.devicePixelRatio || 1;
  const { width, height, labelWidth, scrollTop } = view;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, height);
  const ticks = ticksOf(view.window, view.origin, Math.max(2, (width - labelWidth) / 90));
  const first = Math.floor(scrollTop / ROW_HEIGHT);
  const last = Math.min(rows.length - 1, Math.floor((scrollTop + height) / ROW_HEIGHT));
  context.save();
  context.beginPath();
  context.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  context.clip();
  for (let index = first; index <= last; index++) {
    const row = rows[index];
    if (row === undefined) continue;
    const y = AXIS_HEIGHT + index * ROW_HEIGHT - scrollTop;
    if (index % 2 === 1) {
      context.fillStyle = palette.stripe;
      context.fillRect(0, y, width, ROW_HEIGHT);
    }
    drawGrid(context, ticks, view, palette, y);
    drawSpans(context, row, view, palette, y, selected?.row === index ? selected.span : undefined);
    drawLabel(context, row, view, palette, y, selected?.row === index);
  }
  context.restore();
  drawAxis(context, ticks, view, palette);
}

function drawGrid(
  context: CanvasRenderingContext2D,
  ticks: readonly number[],
  view: TimelineView,
  palette: Palette,
  y: number,
): void {
  context.fillStyle = palette.border;
  for (const tick of ticks) context.fillRect(Math.round(xOf(tick, view)), y, 1, ROW_HEIGHT);
}

function drawSpans(
  context: CanvasRenderingContext2D,
  { spans }: TimelineRow,
  view: TimelineView,
  palette: Palette,
  y: number,
  selected: number | undefined,
): void {
  const { labelWidth, width, window } = view;
  context.save();
  context.beginPath();
  context.rect(labelWidth, y, width - labelWidth, ROW_HEIGHT);
  context.clip();
  // Spans that end in the column of the one before, in the same colour, add nothing.
  const drawn = new Map<string, number>();
  for (const [index, span] of spans.entries()) {
    if (span.start > window.to) break;
    if (span.end < window.from && index !== selected) continue;
    const x = Math.max(labelWidth - 4, xOf(span.start, view));
    const end = Math.min(width + 4, xOf(span.end, view));
    const colour = colourOf(span, palette);
    const column = Math.round(end);
    if (index !== selected && drawn.get(colour) === column && end - x < 1) continue;
    drawn.set(colour, column);
    context.fillStyle = colour;
    if (span.kind === "executing") {
      context.fillRect(x, y + BAR.top, Math.max(1.5, end - x), BAR.height);
      if (span.end - span.start > 0 && end - x > 3) {
        // A gap of one pixel keeps spans apart that follow each other.
        context.fillStyle = palette.surface;
        context.fillRect(end - 0.75, y + BAR.top, 0.75, BAR.height);
      }
    } else {
      drawWait(context, span, x, end, y + WAIT.top);
    }
    if (index === selected) {
      context.strokeStyle = palette.text;
      context.lineWidth = 2;
      const [top, height] = span.kind === "executing"
        ? [BAR.top - 2, BAR.height + 4]
        : [WAIT.top - 3, WAIT.height + 6];
      context.strokeRect(x - 1, y + top, Math.max(4, end - x + 2), height);
    }
  }
  context.restore();
}

function drawWait(
  context: CanvasRenderingContext2D,
  { kind }: Span,
  x: number,
  end: number,
  y: number,
): void {
  const [dash, gap] = kind === "queued" ? [0, 0] : kind === "delayed" ? [6, 3] : [2, 3];
  if (dash === 0 || end - x < dash + gap) {
    context.fillRect(x, y, Math.max(1, end - x), WAIT.height);
    return;
  }
  for (let at = x; at < end; at += dash + gap) {
    context.fillRect(at, y, Math.min(dash, end - at), WAIT.height);
  }
}

function drawLabel(
  context: CanvasRenderingContext2D,
  { label, note }: TimelineRow,
  { labelWidth }: TimelineView,
  palette: Palette,
  y: number,
  isSelected: boolean,
): void {
  context.save();
  context.beginPath();
  context.rect(0, y, labelWidth - 8, ROW_HEIGHT);
  context.clip();
  context.textBaseline = "middle";
  context.font = `${isSelected ? "600 " : ""}12px ${FONT}`;
  context.fillStyle = palette.text;
  const text = oneLine(label, 60);
  context.fillText(text, 10, y + ROW_HEIGHT / 2);
  const width = context.measureText(text).width;
  context.font = `11px ${FONT}`;
  context.fillStyle = palette.muted;
  context.fillText(oneLine(note, 30), 16 + width, y + ROW_HEIGHT / 2 + 0.5);
  context.restore();
}

function drawAxis(
  context: CanvasRenderingContext2D,
  ticks: readonly number[],
  view: TimelineView,
  palette: Palette,
): void {
  const { width, labelWidth, origin } = view;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, AXIS_HEIGHT);
  context.fillStyle = palette.border;
  context.fillRect(0, AXIS_HEIGHT - 1, width, 1);
  context.fillStyle = palette.muted;
  context.font = `11px ${FONT}`;
  context.textBaseline = "middle";
  for (const tick of ticks) {
    const x = xOf(tick, view);
    const text = Math.abs(tick - origin) < 1e-6 ? "0" : duration(tick - origin);
    const half = context.measureText(text).width / 2;
    if (x - half >= labelWidth - 8 && x + half <= width) context.fillText(text, x - half, 11);
  }
}

/** Returns the colour of a span. */
function colourOf({ kind, outcome }: Span, palette: Palette): string {
  if (kind !== "executing") return palette["bar-wait"];
  if (outcome === "completed") return palette["bar-done"];
  if (outcome === "failed" || outcome === "lost") return palette["bar-fail"];
  if (outcome === "retried" || outcome === "skipped") return palette["bar-warn"];
  if (outcome === "executing") return palette["bar-run"];
  return palette["bar-idle"];
}

/** Returns the horizontal place of a time. */
export function xOf(at: number, { labelWidth, width, window }: TimelineView): number {
  return labelWidth + (at - window.from) / (window.to - window.from) * (width - labelWidth);
}

/** Returns the time at a horizontal place. */
export function timeAt(x: number, { labelWidth, width, window }: TimelineView): number {
  return window.from + (x - labelWidth) / (width - labelWidth) * (window.to - window.from);
}

const FONT = 'system-ui, "Segoe UI", Roboto, sans-serif';
