/** The paragraph of the help on the flow of a module. */
export const MODULE_NOTE =
  `MODULE is the path or URL of a module with a flow: an export that is a Flow, or a function
({ store }) => Flow that may return a promise. The export is "default" or "flow", or the only Flow
that is exported, unless --export names another.`;
