/** Catches Ctrl-C, which would end the program at once, until it is disposed of. */
export function onInterrupt(): Disposable & { readonly came: Promise<undefined> } {
  const { promise: came, resolve } = Promise.withResolvers<undefined>();
  const listener = () => resolve(undefined);
  Deno.addSignalListener("SIGINT", listener);
  return { came, [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", listener) };
}
