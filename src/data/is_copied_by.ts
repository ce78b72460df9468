import { isPrimitive } from "./copier.ts";

/** The number of objects, and the length of lists, up to which a value is compared with its copy. */
const MOST_OBJECTS = 16, MOST_ITEMS = 64;

/**
 * Checks whether a faithful copy that was made before can take the place of another one of a value, because
 * the other one would have the same fields in the same order. Copying takes several times as long.
 *
 * @param value The value, which may have changed since the copy was made.
 * @param copy The copy, which nobody changes.
 * @returns `false` for all that is not a small tree of plain data, and for what cannot be copied.
 */
export function isCopiedBy(value: object, copy: object): boolean {
  return isSame(value, copy, undefined);
}

/** @param seen The objects of both sides so far, none of which may occur again. */
function isSame(value: object, copy: object, seen: object[] | undefined): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.getPrototypeOf(copy)) return false;
  if (prototype === Array.prototype) {
    if (!isShortList(value) || value.length !== (copy as unknown[]).length) return false;
  } else if (prototype !== Object.prototype) return false;
  const keys = Object.keys(copy);
  let i = 0;
  // Faster than another list of keys.
  for (const key in value) {
    if (key !== keys[i++]) return false;
    const field: unknown = value[key as keyof object], copied: unknown = copy[key as keyof object];
    if (isPrimitive(field) || field === null) {
      if (!Object.is(field, copied)) return false;
    } else {
      if (typeof field !== "object" || typeof copied !== "object" || copied === null) return false;
      seen ??= [value, copy];
      if (seen.length >= 2 * MOST_OBJECTS || seen.includes(field) || seen.includes(copied)) {
        return false;
      }
      seen.push(field, copied);
      if (!isSame(field as object, copied, seen)) return false;
    }
  }
  return i === keys.length && Object.getOwnPropertySymbols(value).length === 0;
}

function isShortList(value: object): value is unknown[] {
  return Array.isArray(value) && value.length <= MOST_ITEMS;
}
