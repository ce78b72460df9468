// The program of a user. Texts, since this folder knows no `jsr:@millrace/flow` to check them by.

const routines = `
import { defineRoutine, event, slot } from "jsr:@millrace/flow/routine";

export const source = defineRoutine(import.meta, {
  slots: { trigger: slot<{ count: number }>() },
  events: { number: event<number>() },
  handlers: {
    trigger({ count }, ctx) {
      for (let n = 1; n <= count; n++) ctx.emit("number", n);
    },
  },
});

export const adder = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  config: { start: 0 },
  handlers: {
    async number(n, ctx) {
      ctx.sharedData.set("entry", location.href);
      await ctx.sharedData.update("sum", (sum: number = ctx.config.start) => sum + n);
    },
  },
});
`;

const main = `
import { Flow } from "jsr:@millrace/flow";
import { assertEquals } from "jsr:@std/assert@^1";
import { adder, source } from "./routines.ts";

await using flow = new Flow({ id: "sum", maxWorkers: 2 })
  .add("source", source)
  .add("adder", adder, { config: { start: 100 } })
  .connect("source.number", "adder.number");

const job = await flow.execute("source.trigger", { count: 4 });
assertEquals(job.jobId.length > 0, true);
console.log(JSON.stringify({ status: job.status, error: job.error?.message, ...job.sharedData }));
`;

/** Each line that ends in `// wrong` must not compile, and no other. */
const mistakes = `
import { defineRoutine, event, Flow, slot } from "jsr:@millrace/flow";
import { adder, source } from "./routines.ts";

const shouter = defineRoutine(import.meta, {
  slots: { word: slot<string>() },
  events: { shout: event<string>() },
  handlers: {
    word(word, ctx) {
      ctx.emit("shout", word.toUpperCase());
      ctx.emit("whisper", word); // wrong
      ctx.emit("shout", word.length); // wrong
      word.toFixed(); // wrong
    },
  },
});

const flow = new Flow({ id: "mistakes" })
  .add("source", source)
  .add("adder", adder)
  .add("shouter", shouter);

flow.connect("source.number", "adder.number");
flow.connect("source.number", "shouter.word"); // wrong
flow.connect("source.numbers", "adder.number"); // wrong
flow.start("source.trigger", { count: "four" }); // wrong
flow.start("source.triggers", { count: 4 }); // wrong
new Flow({ id: "mistakes", maxWorkers: "two" }); // wrong
`;

/** The files of a program that imports Millrace by its JSR URL, by name. */
export const CONSUMER = {
  "main.ts": main,
  "mistakes.ts": mistakes,
  "routines.ts": routines,
};
