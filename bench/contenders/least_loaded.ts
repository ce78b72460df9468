/** Returns the lane with the fewest tasks on their way; the first one, if there are several. */
export function leastLoaded<Lane extends { readonly inFlight: number }>(
  lanes: readonly Lane[],
): Lane {
  let least = lanes[0] as Lane;
  for (const lane of lanes) if (lane.inFlight < least.inFlight) least = lane;
  return least;
}
