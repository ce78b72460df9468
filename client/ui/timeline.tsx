// A timeline: rows of spans, with zoom, scrolling and a selection by pointer or keyboard. The selected span is
// described in text, and all spans are in a table on request, as a canvas shows nothing to screen readers.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Span, spanText, type TimelineRow } from "../data/span.ts";
import { moved, type TimeWindow, zoomed } from "../data/time_window.ts";
import { duration, plural } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { onTheme } from "./theme.ts";
import {
  AXIS_HEIGHT,
  drawTimeline,
  paletteOf,
  ROW_HEIGHT,
  timeAt,
  type TimelineView,
  xOf,
} from "./timeline_canvas.ts";
import { TimelineLegend } from "./timeline_legend.tsx";
import { TimelineTable } from "./timeline_table.tsx";

interface TimelineProps {
  /** The name of the timeline, for screen readers. */
  readonly name: string;
  readonly rows: readonly TimelineRow[];
  readonly whole: TimeWindow;
  /** Links and buttons for the selected span. */
  readonly details?: (span: Span) => ComponentChildren;
}

interface Selection {
  readonly row: number;
  readonly span: number;
}

const MAX_HEIGHT = 460;

/** Shows rows of spans. */
export function Timeline({ name, rows, whole, details }: TimelineProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [scrollTop, setScrollTop] = useState(0);
  const [zoom, setZoom] = useState<TimeWindow>();
  const [selection, setSelection] = useState<Selection>();
  const [themeCount, setThemeCount] = useState(0);
  const [isTable, setTable] = useState(false);
  const full = useMemo(() => padded(whole), [whole.from, whole.to]);
  const height = Math.min(MAX_HEIGHT, AXIS_HEIGHT + Math.max(1, rows.length) * ROW_HEIGHT + 4);
  const view: TimelineView = {
    width,
    height,
    labelWidth: width < 560 ? 104 : 200,
    window: zoom ?? full,
    origin: whole.from,
    scrollTop,
  };
  const span = selection && rows[selection.row]?.spans[selection.span];

  useEffect(() => onTheme(() => setThemeCount((value) => value + 1)), []);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (canvas.current === null || box.current === null || width === 0) return;
    drawTimeline(canvas.current, rows, view, paletteOf(box.current), selection);
  }, [rows, width, height, scrollTop, view.window, selection, themeCount]);

  const select = (next: Selection | undefined) => {
    setSelection(next);
    if (next === undefined || box.current === null) return;
    // The row comes into sight below the axis, which covers the first one.
    const top = next.row * ROW_HEIGHT;
    const space = height - AXIS_HEIGHT - ROW_HEIGHT - 4;
    if (top < box.current.scrollTop) box.current.scrollTop = top;
    if (top > box.current.scrollTop + space) box.current.scrollTop = top - space;
    const chosen = rows[next.row]?.spans[next.span];
    if (chosen !== undefined && zoom !== undefined) {
      const isOut = chosen.end < zoom.from || chosen.start > zoom.to;
      const length = zoom.to - zoom.from;
      if (isOut) setZoom(moved(zoom, (chosen.start - zoom.from) / length - 0.1, full));
    }
  };
  const zoomBy = (factor: number, around?: number) => {
    const middle = span === undefined ? (view.window.from + view.window.to) / 2 : span.start;
    const inside = Math.min(view.window.to, Math.max(view.window.from, around ?? middle));
    const next = zoomed(view.window, factor, inside, full);
    setZoom(next === full ? undefined : next);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (step === "in") zoomBy(0.5);
    else if (step === "out") zoomBy(2);
    else if (step === "fit") setZoom(undefined);
    else if (step === "none") setSelection(undefined);
    else select(stepped(rows, selection, step));
  };
  const onPointer = (event: PointerEvent) => {
    const rect = canvas.current?.getBoundingClientRect();
    if (rect === undefined) return;
    const found = hit(rows, view, event.clientX - rect.left, event.clientY - rect.top);
    setSelection(found);
  };
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const rect = canvas.current?.getBoundingClientRect();
    if (rect !== undefined) {
      zoomBy(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.clientX - rect.left, view));
    }
  };

  return (
    <div class="timeline">
      <div class="timeline-tools">
        <TimelineLegend />
        <div class="tools" role="group" aria-label={`Part of ${name} that is shown`}>
          <button
            type="button"
            class="small"
            disabled={zoom === undefined}
            onClick={() => setZoom(moved(view.window, -0.5, full))}
          >
            <span aria-hidden="true">◂</span>
            <span class="sr-only">Earlier</span>
          </button>
          <button
            type="button"
            class="small"
            disabled={zoom === undefined}
            onClick={() => setZoom(moved(view.window, 0.5, full))}
          >
            <span aria-hidden="true">▸</span>
            <span class="sr-only">Later</span>
          </button>
          <button
            type="button"
            class="small"
            disabled={zoom === undefined}
            onClick={() => zoomBy(2)}
          >
            <span aria-hidden="true">−</span>
            <span class="sr-only">Zoom out</span>
          </button>
          <button type="button" class="small" onClick={() => zoomBy(0.5)}>
            <span aria-hidden="true">+</span>
            <span class="sr-only">Zoom in</span>
          </button>
          <button
            type="button"
            class="small"
            disabled={zoom === undefined}
            onClick={() => setZoom(undefined)}
          >
            Fit
          </button>
          <button
            type="button"
            class="small"
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
          >
            Table
          </button>
        </div>
      </div>
      <div
        ref={box}
        class="timeline-box"
        tabIndex={0}
        role="application"
        aria-roledescription="timeline"
        aria-label={`${name}, ${
          plural(rows.length, "row")
        }. The arrow keys select spans, plus and minus zoom.`}
        style={{ height: `${height}px` }}
        onScroll={() => setScrollTop(box.current?.scrollTop ?? 0)}
        onKeyDown={onKey}
        onWheel={onWheel}
      >
        <canvas
          ref={canvas}
          class="timeline-canvas"
          aria-hidden="true"
          style={{ width: `${width}px`, height: `${height}px` }}
          onPointerDown={onPointer}
        />
        <div
          style={{
            height: `${Math.max(0, AXIS_HEIGHT + rows.length * ROW_HEIGHT + 4 - height)}px`,
          }}
        />
      </div>
      <div class="timeline-selected" role="status">
        {span === undefined ? <span class="muted">Select a span to see its details.</span> : (
          <>
            <strong>{oneLine(span.routineId)}</strong> {oneLine(span.activationId)}{" "}
            {oneLine(spanText(span))}; from {duration(span.start - whole.from)} for{" "}
            {duration(span.end - span.start)}
            {span.kind === "executing" && span.by !== undefined && ` on ${oneLine(span.by)}`}{" "}
            {details?.(span)}
          </>
        )}
      </div>
      {isTable && <TimelineTable name={name} rows={rows} origin={whole.from} />}
    </div>
  );
}

type Step = "up" | "down" | "left" | "right" | "first" | "last";

const KEYS: Readonly<Record<string, Step | "in" | "out" | "fit" | "none">> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
  "+": "in",
  "=": "in",
  "-": "out",
  "0": "fit",
  Escape: "none",
};

/** Moves the selection to a neighbour: within the row, or to the span of the next row that is nearest in time. */
function stepped(
  rows: readonly TimelineRow[],
  from: Selection | undefined,
  step: Step,
): Selection | undefined {
  if (from === undefined || step === "first" || step === "last") {
    const row = step === "last" ? rows.findLastIndex(isFilled) : rows.findIndex(isFilled);
    return row < 0 ? undefined : { row, span: 0 };
  }
  const spans = rows[from.row]?.spans ?? [];
  if (step === "left") return { row: from.row, span: Math.max(0, from.span - 1) };
  if (step === "right") return { row: from.row, span: Math.min(spans.length - 1, from.span + 1) };
  const at = spans[from.span]?.start ?? 0;
  for (let row = from.row; rows[row] !== undefined;) {
    row += step === "up" ? -1 : 1;
    const next = rows[row];
    if (next === undefined) break;
    if (!isFilled(next)) continue;
    const later = next.spans.findIndex(({ end }) => end >= at);
    return { row, span: later < 0 ? next.spans.length - 1 : later };
  }
  return from;
}

function isFilled({ spans }: TimelineRow): boolean {
  return spans.length > 0;
}

/** Finds the span at a place of the canvas, with some tolerance for short ones. */
function hit(
  rows: readonly TimelineRow[],
  view: TimelineView,
  x: number,
  y: number,
): Selection | undefined {
  const row = Math.floor((y - AXIS_HEIGHT + view.scrollTop) / ROW_HEIGHT);
  if (y < AXIS_HEIGHT || rows[row] === undefined) return undefined;
  let best: { span: number; distance: number } | undefined;
  for (const [index, span] of rows[row].spans.entries()) {
    const [start, end] = [xOf(span.start, view), xOf(span.end, view)];
    const outside = Math.max(0, start - x, x - end);
    if (outside > 5) continue;
    // Executing is above waiting in the row, and where both are, the shorter one is meant.
    const distance = outside * 1_000 + (span.kind === "executing" ? 0 : 500) + (end - start) / 100;
    if (best === undefined || distance < best.distance) best = { span: index, distance };
  }
  return best && { row, span: best.span };
}

function padded({ from, to }: TimeWindow): TimeWindow {
  const length = Math.max(to - from, 1);
  return { from, to: from + length * 1.02 };
}
