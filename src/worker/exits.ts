/** The part of a thread's global scope that ends the thread. */
export interface Closable {
  close(): void;
}

/**
 * Makes the calls that end this thread from inside report that they were made, which nothing does by
 * itself.
 *
 * @param scope The global scope.
 * @param report Called with the call that was made, before the thread ends.
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
