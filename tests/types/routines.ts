import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** The report of a probe. */
export interface Reading {
  readonly gauge: string;
  readonly level: number;
}

/** Starts without a payload, or with a number. */
export const source = defineRoutine(import.meta, {
  slots: { trigger: slot<number | undefined>() },
  events: { reading: event<Reading>(), empty: event<undefined>() },
  config: { delayMs: 100, unit: "cm" },
  handlers: { trigger() {} },
});

/** Takes readings. */
export const sink = defineRoutine(import.meta, {
  slots: { reading: slot<Reading>(), level: slot<{ level: number }>(), anything: slot<unknown>() },
  handlers: { reading() {}, level() {}, anything() {} },
});

/** Takes what a reading holds, under other names. */
export const renamed = defineRoutine(import.meta, {
  slots: { input: slot<{ station: string; level: number }>() },
  events: { maybe: event<{ gauge?: string; level: number }>(), text: event<string>() },
  handlers: { input() {} },
});
