throw new RangeError("no licence here");

// Something to call, for pools that would.
export const failsToLoad = () => {};
