import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import { patient } from "./patient.ts";

/** Returns a flow whose jobs execute until they are stopped. */
export function flow({ store }: { store?: Store } = {}) {
  return new Flow({ id: "patient", maxWorkers: 1, ...store && { store } }).add("patient", patient);
}
