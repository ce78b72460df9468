import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import type { FieldMap } from "@millrace/flow/types";
import { compiles } from "./type_checks.ts";
import { renamed, sink, source } from "./routines.ts";

const reader = defineRoutine(import.meta, {
  slots: { path: slot<string>() },
  events: {
    read: event<{ text: string; path: string; size?: number }>(),
    either: event<{ a: number } | { b: number }>(),
    marked: event<{ a: number; b?: undefined } | { a?: undefined; b: number }>(),
    list: event<number[]>(),
    open: event<Record<string, string>>(),
    any: event<unknown>(),
  },
  handlers: { path() {} },
});

const counter = defineRoutine(import.meta, {
  slots: {
    input: slot<{ content?: string; bytes?: number; path?: string }>(),
    value: slot<{ value: number }>(),
    list: slot<number[]>(),
    open: slot<Record<string, unknown>>(),
    object: slot<object>(),
  },
  handlers: { input() {}, value() {}, list() {}, open() {}, object() {} },
});

function flow() {
  return new Flow().add("reader", reader).add("counter", counter)
    .add("source", source).add("sink", sink).add("renamed", renamed);
}

Deno.test("ConnectOptions.map renames fields for the slot", () => {
  compiles(() => {
    flow().connect("reader.read", "counter.input", { map: { text: "content", size: "bytes" } });
    flow().connect("reader.read", "counter.input", { map: { text: "path", path: "content" } });
    flow().connect("reader.either", "counter.value", { map: { a: "value", b: "value" } });
    flow().connect("reader.marked", "sink.anything", { map: { a: "value", b: "value" } });
  });
});

Deno.test("ConnectOptions.map rejects typos", () => {
  compiles(() => {
    // @ts-expect-error it is called "text"
    flow().connect("reader.read", "counter.input", { map: { txt: "content" } });
    // @ts-expect-error it is called "content"
    flow().connect("reader.read", "counter.input", { map: { text: "contents" } });
    // @ts-expect-error a list has no fields to rename
    flow().connect("reader.list", "counter.list", { map: { length: "size" } });
    // @ts-expect-error a text has no fields to rename
    flow().connect("renamed.text", "sink.anything", { map: { length: "size" } });
  });
});

Deno.test("ConnectOptions.map rejects duplicate names", () => {
  compiles(() => {
    // @ts-expect-error "path" is there already
    flow().connect("reader.read", "counter.input", { map: { text: "path" } });
    // @ts-expect-error both arrive as "content"
    flow().connect("reader.read", "counter.input", { map: { text: "content", path: "content" } });
    // @ts-expect-error "level" is there already, of another type
    flow().connect("source.reading", "sink.anything", { map: { gauge: "level" } });
  });
});

Deno.test("ConnectOptions.map accepts any name for unknown fields", () => {
  const map: FieldMap = { a: "b" };
  compiles(() => {
    flow().connect("reader.any", "sink.anything", { map: { a: "b" } });
    flow().connect("reader.any", "sink.anything", { map });
    flow().connect("reader.open", "counter.open", { map: { a: "b" } });
    flow().connect("reader.read", "counter.object", { map: { text: "whatever" } });
    flow().connect("reader.read", "sink.anything", { map: { text: "whatever" } });
    // @ts-expect-error those of the payload are known
    flow().connect("reader.read", "sink.anything", { map: { txt: "whatever" } });
  });
});

Deno.test("ConnectOptions.map renames fields of a FailedPayload", () => {
  compiles(() => {
    flow().connect("sink.$error", "sink.anything", { map: { payload: "reading" } });
    // @ts-expect-error it is called "payload"
    flow().connect("sink.$error", "sink.anything", { map: { reading: "payload" } });
  });
});
