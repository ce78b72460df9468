import { type TaskName, tasks } from "./tasks.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<unknown[]>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
};

scope.onmessage = ({ data }) => {
  const outputs: unknown[] = [];
  const transfer: Transferable[] = [];
  for (let i = 0; i < data.length; i += 2) {
    const task = data[i] as TaskName;
    const output = tasks[task](data[i + 1] as never);
    if (task === "move") transfer.push((output as Uint8Array<ArrayBuffer>).buffer);
    outputs.push(output);
  }
  scope.postMessage(outputs, transfer);
};
