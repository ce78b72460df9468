// A record of all shapes that are sent over a channel, so that none changes without a new PROTOCOL. Each table
// has one entry for each member of a union, and each sample has all fields, so that a new message or field
// does not compile here until the record contains it.

import { assertEquals } from "@std/assert";
import type { SerializedError } from "../../src/data/serialized_error.ts";
import type { Checkpoint, Committed, EffectCounts } from "../../src/routine/committed.ts";
import type { DataWrite, Effects, Emit, LogWrite, WaitRequest } from "../../src/routine/effects.ts";
import type { Found } from "../../src/routine/found.ts";
import {
  type Cell,
  type End,
  type FromWorker,
  PROTOCOL,
  type ToWorker,
} from "../../src/wire/channel_messages.ts";
import { encodeItems, type Item, type ItemKind } from "../../src/wire/items.ts";
import type { BindingMessage, OwningModule, Report, Request } from "../../src/wire/messages.ts";
import { encodeEffects, encodeEmit } from "../../src/wire/packed_effects.ts";
import { addTask, batchOf, firstPlace, introduce, newBatch } from "../../src/wire/task_batch.ts";

/** One sample or more for each member of a union, by the field that tells the members apart. */
type Samples<Union extends { readonly [Key in By]: string }, By extends keyof Union> = {
  readonly [Name in Union[By]]: NonEmpty<Required<Extract<Union, { readonly [Key in By]: Name }>>>;
};

type NonEmpty<Value> = readonly [Value, ...Value[]];

const ERROR: Required<SerializedError> = {
  name: "AbortError",
  message: "stopped",
  stack: "AbortError: stopped",
  fields: { code: 20 },
  cause: { error: { name: "Error", message: "why", cause: { value: 1 } } },
  errors: [{ name: "Error", message: "within" }],
  field: "error",
  type: "DOMException",
};

const BRIEF: SerializedError = { name: "Error", message: "brief" };

const COUNTS: Required<EffectCounts> = {
  emits: 1,
  writes: 2,
  logEntries: 3,
  emitted: 4,
  written: 5,
};
const CHECKPOINT: Required<Checkpoint> = { at: COUNTS, next: [6], origin: 7 };
const COMMITTED: Required<Committed> = {
  ...COUNTS,
  first: [8],
  isRerun: true,
  state: CHECKPOINT,
  keys: [["key", CHECKPOINT]],
};

const BINDING: Required<BindingMessage> = {
  number: 1,
  module: "file:///module.ts",
  ordinal: 2,
  fingerprint: "print",
  slots: ["input"],
  config: { delay: 3 },
  flowId: "flow",
  routineId: "routine",
  checkPayloads: true,
  highWaterMark: 4,
  highWaterBytes: 5,
  traceModule: "file:///trace.ts",
};

const BATCH = newBatch();
introduce(BATCH, BINDING);
addTask(BATCH, 1, "job", "job/1", { n: 1 }, undefined);
addTask(BATCH, 2, "job", "job/2", { n: 2 }, 9);
addTask(BATCH, 3, "other", "other/1", { n: 3 }, COMMITTED);
addTask(BATCH, 4, "other", "other/2", { n: 4 }, undefined, "00-trace-span-01");
addTask(BATCH, 5, "other", "other/3", { n: 5 }, 9, "00-trace-span-01");
addTask(BATCH, 6, "", "run/6", { n: 6 }, undefined, undefined, { delay: 4 });
const RUNS = newBatch();
addTask(RUNS, 1, "", "run/1", { n: 1 }, undefined, undefined, BINDING.config);
const NUMBERED = newBatch();
addTask(NUMBERED, 1, "", 2, { n: 1 }, undefined);

const EMIT: Required<Omit<Emit, "dropped">> = {
  event: "output",
  payload: { n: 1 },
  timestamp: 10,
  transfer: [],
  when: "resumed",
  delay: 13,
};
const LOG: Required<LogWrite> = { data: "entry", timestamp: 11 };
const WAIT: Required<WaitRequest> = { signal: "approved", slot: "input", timeout: 12 };
const WRITES: NonEmpty<DataWrite> = [{ key: "a", value: 1 }, { key: "b", deleted: true }];
const PARTS: Required<Omit<Effects, "emits">> = {
  sharedData: WRITES,
  sharedLog: [LOG],
  routineState: { part: 1 },
  waits: [WAIT],
};
const { event, payload, timestamp, transfer, when, delay } = EMIT;
const EMITS = [
  encodeEmit(event, payload, timestamp),
  encodeEmit(event, payload, timestamp, transfer, when, delay),
];
const EFFECTS = encodeEffects(4, EMITS, PARTS);
const SINGLE = encodeEffects(5, [encodeEmit(event, payload, timestamp)]);

const REQUESTS: Samples<Request, "kind"> = {
  get: [{ kind: "get", key: "a" }],
  keys: [{ kind: "keys" }],
  routineState: [{ kind: "routineState" }],
  lock: [{ kind: "lock", keys: ["a", "b"] }],
  flush: [{ kind: "flush", effects: EFFECTS, committed: COMMITTED }],
};

const FOUND: Required<Found> = { found: true, value: 1 };

/** The answers have no types on the wire. */
const ANSWERS: { readonly [Kind in Request["kind"]]: unknown } = {
  get: FOUND,
  keys: ["a", "b"],
  routineState: { part: 1 },
  lock: new Map([["a", FOUND]]),
  flush: undefined,
};

const OWNER: Required<OwningModule> = { binding: 1, isLoaded: true };

const REPORTS: Samples<Report, "type"> = {
  failed: [{ type: "failed", task: 1, error: ERROR }],
  running: [{ type: "running", task: 1 }],
  progress: [{ type: "progress", task: 1, data: "half" }],
  ask: [{ type: "ask", task: 1, ask: 2, request: REQUESTS.keys[0] }],
  loading: [{ type: "loading", binding: 1 }],
  loaded: [{ type: "loaded", binding: 1, error: BRIEF }],
  unreadable: [{ type: "unreadable", message: 1 }],
  pong: [{ type: "pong", ping: 1 }],
  uncaught: [
    { type: "uncaught", owner: OWNER, error: BRIEF, at: 1 },
    { type: "uncaught", owner: "failed", error: BRIEF, at: 1 },
  ],
  leaving: [
    { type: "leaving", call: "self.close()", owner: OWNER },
    { type: "leaving", call: "self.close()", owner: 1 },
  ],
  stopped: [{ type: "stopped" }],
};

/** Workers behind channels never go straight on, so they send no steps. */
const ITEMS: { readonly [Kind in Exclude<ItemKind, "step">]: Item } = {
  end: 1,
  effects: EFFECTS,
  report: REPORTS.running[0],
};
const MANY = Object.values(ITEMS);

const CELL: Cell = [1, 2, 3, 4, 5];
const ENDS: NonEmpty<End> = [[1, 20, 21], [4, 22, 23]];

const TO_WORKER: Samples<ToWorker, "type"> = {
  start: [{
    type: "start",
    workerId: "w1",
    cells: 16,
    loadTimeout: 1,
    sentAt: 2,
    heardAt: 3,
    programStartedAt: 4,
  }],
  probe: [{ type: "probe", probe: 1 }],
  task: [
    { type: "task", cell: CELL, batch: BATCH },
    { type: "task", cell: CELL, batch: batchOf(BATCH, firstPlace()) },
    { type: "task", cell: CELL, batch: RUNS },
    { type: "task", cell: CELL, batch: NUMBERED },
  ],
  load: [{ type: "load", binding: BINDING }],
  forget: [{ type: "forget", binding: 1 }],
  abort: [{ type: "abort", task: 1, stage: 0, reason: BRIEF }],
  abandon: [{ type: "abandon", task: 1 }],
  answer: [{ type: "answer", task: 1, ask: 2, value: ANSWERS.get, error: BRIEF }],
  ping: [{ type: "ping", ping: 1 }],
  stop: [{ type: "stop" }],
};

const FROM_WORKER: Samples<FromWorker, "type"> = {
  ready: [{ type: "ready", at: 1, protocol: 0 }],
  taken: [{ type: "taken" }],
  listening: [{ type: "listening", probe: 1 }],
  items: [
    { type: "items", items: encodeItems(7, MANY), ends: ENDS },
    { type: "items", items: encodeItems(7, [ITEMS.end]), ends: [] },
    { type: "items", items: encodeItems(7, [SINGLE]), ends: [] },
  ],
  returned: [{ type: "returned", task: 1 }],
};

/** The recorded shapes, as JSON. */
const RECORDED = {
  PROTOCOL: 5,
  TO_WORKER: {
    start:
      '[{"type":"start","workerId":"w1","cells":16,"loadTimeout":1,"sentAt":2,"heardAt":3,"programStartedAt":4}]',
    probe: '[{"type":"probe","probe":1}]',
    task:
      '[{"type":"task","cell":[1,2,3,4,5],"batch":[["job","job","other","other","other",""],[{"number":1,"module":"file:///module.ts","ordinal":2,"fingerprint":"print","slots":["input"],"config":{"delay":3},"flowId":"flow","routineId":"routine","checkPayloads":true,"highWaterMark":4,"highWaterBytes":5,"traceModule":"file:///trace.ts"}],[null,null,null,null,null,{"delay":4}],1,{"n":1},"job/1",2,{"n":2},["job/2",9],3,{"n":3},["other/1",{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5,"first":[8],"isRerun":true,"state":{"at":{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5},"next":[6],"origin":7},"keys":[["key",{"at":{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5},"next":[6],"origin":7}]]}],4,{"n":4},["other/2",null,"00-trace-span-01"],5,{"n":5},["other/3",9,"00-trace-span-01"],6,{"n":6},"run/6"]},{"type":"task","cell":[1,2,3,4,5],"batch":["job",null,null,1,{"n":1},"job/1"]},{"type":"task","cell":[1,2,3,4,5],"batch":["",null,{"delay":3},1,{"n":1},"run/1"]},{"type":"task","cell":[1,2,3,4,5],"batch":["",null,null,1,{"n":1},2]}]',
    load:
      '[{"type":"load","binding":{"number":1,"module":"file:///module.ts","ordinal":2,"fingerprint":"print","slots":["input"],"config":{"delay":3},"flowId":"flow","routineId":"routine","checkPayloads":true,"highWaterMark":4,"highWaterBytes":5,"traceModule":"file:///trace.ts"}}]',
    forget: '[{"type":"forget","binding":1}]',
    abort: '[{"type":"abort","task":1,"stage":0,"reason":{"name":"Error","message":"brief"}}]',
    abandon: '[{"type":"abandon","task":1}]',
    answer:
      '[{"type":"answer","task":1,"ask":2,"value":{"found":true,"value":1},"error":{"name":"Error","message":"brief"}}]',
    ping: '[{"type":"ping","ping":1}]',
    stop: '[{"type":"stop"}]',
  },
  FROM_WORKER: {
    ready: '[{"type":"ready","at":1,"protocol":0}]',
    taken: '[{"type":"taken"}]',
    listening: '[{"type":"listening","probe":1}]',
    items:
      '[{"type":"items","items":[7,1,[4,[["output",{"n":1},10],["output",{"n":1},10,[],"resumed",13]],[{"key":"a","value":1},{"key":"b","deleted":true}],[{"data":"entry","timestamp":11}],{"part":1},[{"signal":"approved","slot":"input","timeout":12}]],{"type":"running","task":1}],"ends":[[1,20,21],[4,22,23]]},{"type":"items","items":1,"ends":[]},{"type":"items","items":[7,-6,"output",{"n":1},10],"ends":[]}]',
    returned: '[{"type":"returned","task":1}]',
  },
  REPORTS: {
    failed:
      '[{"type":"failed","task":1,"error":{"name":"AbortError","message":"stopped","stack":"AbortError: stopped","fields":{"code":20},"cause":{"error":{"name":"Error","message":"why","cause":{"value":1}}},"errors":[{"name":"Error","message":"within"}],"field":"error","type":"DOMException"}}]',
    running: '[{"type":"running","task":1}]',
    progress: '[{"type":"progress","task":1,"data":"half"}]',
    ask: '[{"type":"ask","task":1,"ask":2,"request":{"kind":"keys"}}]',
    loading: '[{"type":"loading","binding":1}]',
    loaded: '[{"type":"loaded","binding":1,"error":{"name":"Error","message":"brief"}}]',
    unreadable: '[{"type":"unreadable","message":1}]',
    pong: '[{"type":"pong","ping":1}]',
    uncaught:
      '[{"type":"uncaught","owner":{"binding":1,"isLoaded":true},"error":{"name":"Error","message":"brief"},"at":1},{"type":"uncaught","owner":"failed","error":{"name":"Error","message":"brief"},"at":1}]',
    leaving:
      '[{"type":"leaving","call":"self.close()","owner":{"binding":1,"isLoaded":true}},{"type":"leaving","call":"self.close()","owner":1}]',
    stopped: '[{"type":"stopped"}]',
  },
  REQUESTS: {
    get: '[{"kind":"get","key":"a"}]',
    keys: '[{"kind":"keys"}]',
    routineState: '[{"kind":"routineState"}]',
    lock: '[{"kind":"lock","keys":["a","b"]}]',
    flush:
      '[{"kind":"flush","effects":[4,[["output",{"n":1},10],["output",{"n":1},10,[],"resumed",13]],[{"key":"a","value":1},{"key":"b","deleted":true}],[{"data":"entry","timestamp":11}],{"part":1},[{"signal":"approved","slot":"input","timeout":12}]],"committed":{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5,"first":[8],"isRerun":true,"state":{"at":{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5},"next":[6],"origin":7},"keys":[["key",{"at":{"emits":1,"writes":2,"logEntries":3,"emitted":4,"written":5},"next":[6],"origin":7}]]}}]',
  },
  ANSWERS: {
    get: '{"found":true,"value":1}',
    keys: '["a","b"]',
    routineState: '{"part":1}',
    lock: '{"Map":[["a",{"found":true,"value":1}]]}',
    flush: "undefined",
  },
};

Deno.test("PROTOCOL changes with the shape of each message, task, item, question and answer", () => {
  const shapes = { TO_WORKER, FROM_WORKER, REPORTS, REQUESTS, ANSWERS };
  const found = { PROTOCOL, ...Object.fromEntries(Object.entries(shapes).map(jsonOf)) };
  assertEquals<unknown>(
    found,
    RECORDED,
    "the shapes on the wire changed, so increase PROTOCOL and record the new value in RECORDED",
  );
});

/** Returns a table with the JSON of each entry. */
function jsonOf([name, table]: [string, object]): [string, Record<string, string>] {
  const json = Object.entries(table).map(([key, value]) => [key, textOf(value)]);
  return [name, Object.fromEntries(json)];
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => part instanceof Map ? { Map: [...part] } : part) ??
    "undefined";
}
