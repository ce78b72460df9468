/** What of a thread's global scope ends the thread. */
export interface Closable {
  close(): void;
}

/**
 * Makes the ways to end this thread from inside tell that they were used, which nothing does by
 * itself.
 *
 * @param scope The global scope.
 * @param tell Called with the call that was made, before the thread ends.
 */
export function announceExits(scope: Closable, tell: (call: string) => void): void {
  const close = scope.close;
  scope.close = () => {
    tell("self.close()");
    close.call(scope);
  };
  const exit = Deno.exit;
  Deno.exit = (code) => {
    tell(`Deno.exit(${code ?? ""})`);
    return exit(code);
  };
}
