/** The part of time that a timeline shows. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The shortest time that a timeline shows, in milliseconds. */
const SHORTEST = 0.05;

/** Scales a window around a time, within the whole. */
export function zoomed(
  window: TimeWindow,
  factor: number,
  around: number,
  whole: TimeWindow,
): TimeWindow {
  const length = Math.max(SHORTEST, (window.to - window.from) * factor);
  if (length >= whole.to - whole.from) return whole;
  const share = (around - window.from) / (window.to - window.from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, whole);
}

/** Moves a window by a part of its length, within the whole. */
export function moved(window: TimeWindow, part: number, whole: TimeWindow): TimeWindow {
  const by = part * (window.to - window.from);
  return within({ from: window.from + by, to: window.to + by }, whole);
}

/** Returns the times of the marks of an axis, at most `most` of them, at round distances from `origin`. */
export function ticksOf(window: TimeWindow, origin: number, most: number): number[] {
  const length = window.to - window.from;
  const rough = length / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.map((factor) => factor * power).find((value) => value >= rough) ?? rough;
  const first = Math.ceil((window.from - origin) / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= window.to - origin && ticks.length <= most + 1; at += step) {
    ticks.push(origin + at);
  }
  return ticks;
}

const STEPS = [1, 2, 5, 10];

function within(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const length = window.to - window.from;
  if (window.from < whole.from) return { from: whole.from, to: whole.from + length };
  if (window.to > whole.to) return { from: whole.to - length, to: whole.to };
  return window;
}
