await new Promise(() => {});

// An export for pools that need one.
export const neverLoads = () => {};
