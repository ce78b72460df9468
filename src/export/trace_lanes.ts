/** A span of time, in any unit. */
export interface LaneSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Distributes spans that may overlap over as few lanes as possible, so that no two spans on a lane overlap. Viewers
 * take spans on one thread for calls within each other, which activations on one worker are not.
 *
 * @param spans The spans, in the order of their starts.
 * @returns The lane of each span, from 0.
 */
export function lanesOf(spans: readonly LaneSpan[]): number[] {
  /** The ends of the last spans, by lane. */
  const ends: number[] = [];
  return spans.map(({ start, end }) => {
    const free = ends.findIndex((last) => last <= start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = end;
    return lane;
  });
}
