import { tasks } from "./tasks.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<number[]>) => void;
  postMessage(message: unknown): void;
};

/** Executes a stage for each payload of a batch, and answers with the results and the times of each. */
scope.onmessage = ({ data }) => {
  const values: unknown[] = [];
  const times = new Float64Array(2 * data.length);
  for (let i = 0; i < data.length; i++) {
    times[2 * i] = performance.now();
    values.push(tasks.next(data[i]!));
    times[2 * i + 1] = performance.now();
  }
  scope.postMessage([values, times]);
};
