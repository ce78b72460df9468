/**
 * Checks whether a list has fields besides its items, as `Object.assign([1], { note: "x" })` has.
 *
 * `Object.keys` lists the fields, but creates a string for every index: for a million numbers, that takes
 * several times as long as a structured clone, and for thirty million it takes a gigabyte of memory. No
 * standard function lists only the fields. `Deno.inspect` can show the fields without the items.
 */
export function hasFields(list: readonly unknown[]): boolean {
  if (list.length >= LONG && isShownWithoutFields(list)) return false;
  // Indices come first in the keys.
  const keys = Object.keys(list);
  const last = keys[keys.length - 1];
  return last !== undefined && last !== String(list.length - 1) && !isIndex(last, list.length);
}

function isIndex(key: string, length: number): boolean {
  const index = Number(key) >>> 0;
  return String(index) === key && index < length;
}

/** The length up to which `Object.keys` is as fast as `Deno.inspect`. */
const LONG = 1000;

const FIELDS_ALONE: Deno.InspectOptions = { depth: 0, iterableLimit: 0, colors: false };

let shownPair: string | undefined;

/** Checks whether `Deno.inspect` shows only the length of a list. If it shows more, `Object.keys` decides. */
function isShownWithoutFields(list: readonly unknown[]): boolean {
  try {
    shownPair ??= Deno.inspect([0, 0], FIELDS_ALONE);
    return Deno.inspect(list, FIELDS_ALONE) === shownPair.replace("2", String(list.length));
  } catch {
    return false;
  }
}
