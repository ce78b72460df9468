// Checks the messages of a worker that shares no memory with its host. Called by `ChannelWorker` before it
// acts on a message, as the other end of a channel is another program. Parts that come from user code, such
// as effects, are checked when they are unpacked.

import type { End, FromWorker } from "./channel_messages.ts";
import { decodeItems, type ItemsMessage } from "./items.ts";
import type { Report } from "./messages.ts";

type Check = (value: unknown) => boolean;
type Checks = Readonly<Record<string, Check>>;

const isNumber: Check = (value) => Number.isFinite(value);
const isText: Check = (value) => typeof value === "string";
const isObject: Check = (value) => typeof value === "object" && value !== null;
const isAny: Check = () => true;

const REPORTS: { readonly [Type in Report["type"]]: Checks } = {
  failed: { task: isNumber, error: isObject },
  running: { task: isNumber },
  progress: { task: isNumber, data: isAny },
  ask: { task: isNumber, ask: isNumber, request: isObject },
  loading: { binding: isNumber },
  loaded: { binding: isNumber, error: (value) => value === undefined || isObject(value) },
  unreadable: { message: isNumber },
  pong: { ping: isNumber },
  uncaught: { owner: isOwner, error: isObject, at: isNumber },
  leaving: { owner: (value) => isNumber(value) || isOwner(value), call: isText },
  stopped: {},
};

const MESSAGES: { readonly [Type in FromWorker["type"]]: Checks } = {
  ready: { at: isNumber, protocol: isAny },
  taken: {},
  listening: { probe: isNumber },
  items: { items: isItems, ends: (value) => Array.isArray(value) && value.every(isEnd) },
  returned: { task: isNumber },
};

/** Checks whether a decoded message has the shape of a message from a worker. */
export function isFromWorker(message: unknown): message is FromWorker {
  return hasShape(message, MESSAGES);
}

function isItems(value: unknown): boolean {
  if (!Array.isArray(value)) return isNumber(value);
  const { first, items } = decodeItems(value as unknown as ItemsMessage);
  return isNumber(first) && items.every(isItem);
}

function isItem(item: unknown): boolean {
  if (Array.isArray(item)) {
    const [task, emit, , timestamp] = item;
    return isNumber(task) && (Array.isArray(emit) || isText(emit) && isNumber(timestamp));
  }
  return isNumber(item) || hasShape(item, REPORTS);
}

function isEnd(value: unknown): value is End {
  return Array.isArray(value) && value.length === 3 && value.every(isNumber);
}

function isOwner(value: unknown): boolean {
  return isText(value) || hasFields(value, { binding: isNumber });
}

function hasShape(value: unknown, shapes: Readonly<Record<string, Checks>>): boolean {
  const { type } = (value ?? {}) as { readonly type?: unknown };
  return typeof type === "string" && Object.hasOwn(shapes, type) &&
    hasFields(value, shapes[type] as Checks);
}

function hasFields(value: unknown, checks: Checks): boolean {
  if (!isObject(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(checks).every(([name, check]) => check(fields[name]));
}
