/**
 * Calls a function when the program ends: normally, by `Deno.exit`, or by an error that nothing catches.
 *
 * @param leave Called with `false` if the program may go on after all, as something else handles the error.
 * @returns Stops listening when it is disposed.
 */
export function onProgramEnd(leave: (isCertain: boolean) => void): Disposable {
  const onUnload = () => leave(true);
  const onError = ({ defaultPrevented }: Event) => {
    if (!defaultPrevented) leave(false);
  };
  addEventListener("unload", onUnload);
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onError);
  return {
    [Symbol.dispose]() {
      removeEventListener("unload", onUnload);
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onError);
    },
  };
}
