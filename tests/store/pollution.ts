// What old libraries do to the prototypes of all objects and lists, in the threads that load this.

Object.assign(Object.prototype, {
  tap(call: (self: unknown) => void) {
    call(this);
    return this;
  },
  tapped: undefined,
});
Object.assign(Array.prototype, {
  last(this: unknown[]) {
    return this[this.length - 1];
  },
  isList: Symbol("list"),
});
