await new Promise(() => {});

// Something to call, for pools that would.
export const neverLoads = () => {};
