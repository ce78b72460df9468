// The first module of each worker that starts while modules are quiet (`quiet_modules.ts`).

import { quietConsole } from "./quiet_console.ts";

quietConsole();
