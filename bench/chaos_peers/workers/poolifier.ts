import { ThreadWorker } from "npm:poolifier-web-worker@0.5.15";
import { misdeeds } from "./misdeeds.ts";

export default new ThreadWorker<unknown, unknown>(
  misdeeds as unknown as Record<string, (data?: unknown) => unknown>,
);
