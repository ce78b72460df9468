// The rate and the queue over time, by uPlot. The numbers are in the tiles above it, so that its text alternative is
// one sentence.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { RateHistory } from "../data/rate_history.ts";
import { clock, count, duration, rate } from "../text/format.ts";
import { onTheme } from "./theme.ts";
import { paletteOf } from "./timeline_canvas.ts";

interface RateChartProps {
  readonly history: RateHistory;
  /** Changes whenever the history has. */
  readonly version: number;
}

const HEIGHT = 150;

/** The shortest time that the chart shows, in seconds. */
const SHORTEST = 30;

/** Draws the rate and the queue of the last minutes. */
export function RateChart({ history, version }: RateChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const [themeCount, setThemeCount] = useState(0);
  useEffect(() => onTheme(() => setThemeCount((value) => value + 1)), []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element), dataOf(history), element);
    chart.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [history, themeCount]);
  useEffect(() => chart.current?.setData(dataOf(history)), [version]);
  const [first = 0, last = 0] = [history.times[0], history.times.at(-1)];
  const text = `Over the last ${duration((last - first) * 1_000)}: ${
    rate(history.rates.at(-1) ?? 0)
  } activations per second, at most ${rate(Math.max(0, ...history.rates))}; ${
    count(history.queued.at(-1) ?? 0)
  } queued.`;
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-key rate" aria-hidden="true" /> Activations per second
        <span class="chart-key queue" aria-hidden="true" /> Queued
      </figcaption>
      <div ref={box} role="img" aria-label={text} style={{ height: `${HEIGHT}px` }} />
    </figure>
  );
}

function dataOf({ times, rates, queued }: RateHistory): uPlot.AlignedData {
  return [times, rates, queued];
}

function optionsOf(element: HTMLElement): uPlot.Options {
  const palette = paletteOf(element);
  const axis = {
    stroke: palette.muted,
    grid: { stroke: palette.border, width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  const times = (_: uPlot, splits: number[]) => splits.map((at) => clock(at * 1_000).slice(0, 8));
  const numbers = (_: uPlot, values: number[]) =>
    values.map((value) => value < 1_000 ? `${value}` : count(value));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 4, 0, 0],
    scales: {
      x: { time: true, range: (_, min, max) => [Math.min(min, max - SHORTEST), max] },
      rate: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
      queue: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, size: 26, space: 80, values: times },
      { ...axis, scale: "rate", size: 46, space: 34, values: numbers },
      {
        ...axis,
        scale: "queue",
        side: 1,
        size: 46,
        space: 34,
        values: numbers,
        grid: { show: false },
      },
    ],
    series: [
      {},
      { scale: "rate", stroke: palette.accent, width: 2, points: { show: false } },
      {
        scale: "queue",
        stroke: palette["bar-warn"],
        width: 1.5,
        dash: [5, 4],
        points: { show: false },
      },
    ],
  };
}
