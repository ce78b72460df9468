// The parser of server-sent events reads the same events however their text is divided.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SseParser } from "../../client/api/sse_parser.ts";

const TEXT = ': hello\n\nid: 7\nevent: job\ndata: {"a":\ndata: 1}\n\n' +
  "data: plain\r\n\r\nevent: empty\n\nid:8\ndata:x\r\rretry: 10\n\nevent: job\ndata: unfinished\n";

const EVENTS = [
  { type: "job", data: '{"a":\n1}' },
  { type: "message", data: "plain" },
  { type: "message", data: "x" },
];

Deno.test("SseParser reads fields and comments and all line ends", () => {
  const parser = new SseParser();
  assertEquals(parser.push(TEXT), EVENTS);
  assertEquals(parser.lastId, "8");
});

Deno.test("SseParser reads a text in any parts", () => {
  fc.assert(fc.property(fc.array(fc.nat(TEXT.length)), (places) => {
    const parser = new SseParser();
    const cuts = [0, ...places.toSorted((a, b) => a - b), TEXT.length];
    const parts = cuts.slice(1).map((end, index) => TEXT.slice(cuts[index], end));
    assertEquals(parts.flatMap((part) => parser.push(part)), EVENTS);
    assertEquals(parser.lastId, "8");
  }));
});
