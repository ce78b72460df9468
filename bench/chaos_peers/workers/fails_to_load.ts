throw new RangeError("no licence here");

// An export for pools that need one.
export const failsToLoad = () => {};
