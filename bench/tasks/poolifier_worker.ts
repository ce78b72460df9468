import { ThreadWorker } from "npm:poolifier-web-worker@0.5.15";
import { tasks } from "./tasks.ts";

type TaskFunction = (input?: unknown) => unknown;

export default new ThreadWorker<unknown, unknown>(
  tasks as unknown as Record<string, TaskFunction>,
);
