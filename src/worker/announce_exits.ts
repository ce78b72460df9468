/**
 * Wraps the functions that end this thread from inside, so that their calls are reported. The platform does
 * not report them.
 *
 * @param scope The global scope.
 * @param report Called with the name of the call, before the thread ends.
 */
export function announceExits(scope: Closable, report: (call: string) => void): void {
  const close = scope.close;
  scope.close = () => {
    report("self.close()");
    close.call(scope);
  };
  const exit = Deno.exit;
  Deno.exit = (code) => {
    report(`Deno.exit(${code ?? ""})`);
    return exit(code);
  };
}

/** The part of a worker's global scope that can end its thread. */
export interface Closable {
  close(): void;
}
