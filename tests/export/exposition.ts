// Reads the text format of Prometheus, version 0.0.4, and holds it to its rules: the grammar of lines, names, labels
// and values; one HELP and one TYPE line for each metric, before its samples; all lines of a metric in one group; no
// two samples with the same labels; and the samples that a type has.

import { assert, assertEquals } from "@std/assert";

/** A metric that was read. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

/** A sample that was read. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
/** A label with its comma; in a value, a backslash, a quote and a line feed are escaped. The lexer takes no NUL. */
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n\0]|\\["\\n])*)"(?:,|$)/y;

/** Reads a text in the format. */
export function readExposition(text: string): Family[] {
  if (text === "") return [];
  assert(text.endsWith("\n"), "the last line ends with a line feed");
  const families: (Family & { samples: ReadSample[] })[] = [];
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length;) {
    const [, name = "", help = ""] = HELP.exec(lines[at++] ?? "") ?? [];
    const [, typed = "", type = ""] = TYPE.exec(lines[at++] ?? "") ?? [];
    assert(name !== "" && name === typed, `line ${at}: HELP and TYPE of one metric`);
    assert(!families.some((family) => family.name === name), `${name} is there twice`);
    assert(!/\\(?![\\n])/.test(help), `${name}: escapes in HELP`);
    const samples: ReadSample[] = [];
    while (at < lines.length && !lines[at]?.startsWith("#")) samples.push(readSample(lines[at++]!));
    families.push({ name, help, type, samples });
  }
  for (const family of families) checkFamily(family);
  return families;
}

function readSample(line: string): ReadSample {
  const [, name = "", list = "", value = ""] = SAMPLE.exec(line) ?? [];
  assert(name !== "", `no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < list.length) {
    const [, label = "", text = ""] = LABEL.exec(list) ?? [];
    assert(label !== "", `no labels: ${line}`);
    assert(!(label in labels) && !label.startsWith("__"), `label ${label}`);
    labels[label] = text.replace(/\\(.)/g, (_, escape) => escape === "n" ? "\n" : escape);
  }
  assert(/^(NaN|[+-]?Inf|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/.test(value), `value ${value}`);
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function checkFamily({ name, type, samples }: Family): void {
  assert(samples.length > 0, `${name} has no samples`);
  const suffixes = type === "summary" ? ["", "_sum", "_count"] : [""];
  const keys = samples.map(({ name: own, labels, value }) => {
    assert(suffixes.some((suffix) => own === name + suffix), `${own} in ${name}`);
    if (type === "counter") assert(name.endsWith("_total") && value >= 0);
    if (type === "gauge") assert(!name.endsWith("_total"));
    if (type !== "summary") assert(!("quantile" in labels));
    else assertEquals("quantile" in labels, own === name);
    return JSON.stringify([own, Object.entries(labels).sort()]);
  });
  assertEquals(new Set(keys).size, keys.length, `${name} has two samples with the same labels`);
  if (type === "summary") {
    const numberOf = (own: string) => samples.filter((sample) => sample.name === own).length;
    assertEquals(numberOf(`${name}_sum`), numberOf(`${name}_count`));
  }
}
