/** A folder that is gone when the test is over. */
export class Folder implements Disposable {
  readonly #path = Deno.makeTempDirSync({ prefix: "millrace_" });

  path(name: string): string {
    return `${this.#path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#path, { recursive: true });
  }
}
