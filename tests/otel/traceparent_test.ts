import { assertEquals } from "@std/assert";
import { hrTime } from "../../src/otel/hr_time.ts";
import { decodeTraceparent, encodeTraceparent } from "../../src/otel/traceparent.ts";

const SPAN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

Deno.test("encodeTraceparent() writes what decodeTraceparent() reads", () => {
  for (const traceFlags of [0, 1, 255]) {
    const text = encodeTraceparent({ ...SPAN, traceFlags });
    assertEquals(decodeTraceparent(text), { ...SPAN, traceFlags, isRemote: true });
  }
  const text = encodeTraceparent({ ...SPAN, traceFlags: 1 });
  assertEquals(text, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
});

Deno.test("decodeTraceparent() refuses other texts", () => {
  const text = encodeTraceparent({ ...SPAN, traceFlags: 1 });
  for (const wrong of ["", "00", text + "0", text.toUpperCase(), text.slice(1), `${text}-x`]) {
    assertEquals(decodeTraceparent(wrong), undefined);
  }
});

Deno.test("hrTime() converts epoch milliseconds", () => {
  assertEquals(hrTime(1_700_000_000_123.25), [1_700_000_000, 123_250_000]);
  assertEquals(hrTime(999.9999999), [0, 999_999_999]);
  assertEquals(hrTime(-1), [-1, 999_000_000]);
});
