/** Iterates over the items of a list, with one item in place of each run of empty places. */
export function* itemsOf(list: readonly unknown[]): Generator<unknown> {
  let next = 0;
  for (; next < list.length; next++) {
    const field = Object.getOwnPropertyDescriptor(list, next);
    if (field === undefined) break;
    yield "value" in field ? field.value : new Mark("[Getter]");
  }
  if (next === list.length) return;
  // A list with gaps may be much longer than the number of its items.
  for (const key of Object.keys(list)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < next) continue;
    if (index > next) yield gap(index - next);
    yield Object.getOwnPropertyDescriptor(list, key)?.value;
    next = index + 1;
  }
  if (next < list.length) yield gap(list.length - next);
}

/** A text that is written without quotes, in place of items that a list does not have. */
export class Mark {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function gap(size: number): Mark {
  return new Mark(size === 1 ? "<1 empty item>" : `<${size} empty items>`);
}
