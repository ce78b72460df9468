/**
 * Sets fields of a plain object in place: what spreading both into a new one would give, in a time that
 * depends on the new fields alone.
 *
 * @param target The object.
 * @param fields What to set.
 */
export function setFields(
  target: Record<string, unknown>,
  fields: Readonly<Record<string, unknown>>,
): void {
  for (const key of Object.keys(fields)) {
    if (key !== "__proto__") target[key] = fields[key];
    // Assigned, it would change the prototype.
    else {
      Object.defineProperty(target, key, {
        value: fields[key],
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
}
