import { type TaskName, tasks } from "./tasks.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ id: number; task: TaskName; input: never }>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
};

scope.onmessage = ({ data: { id, task, input } }) => {
  const output = tasks[task](input);
  const transfer = task === "move" ? [(output as Uint8Array<ArrayBuffer>).buffer] : [];
  scope.postMessage({ id, output }, transfer);
};
