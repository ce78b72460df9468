/** A request that is answered with a status of 4xx. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The status. */
  readonly status: number;
  /** The headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The status.
   * @param message The reason, and the fix.
   * @param headers Headers of the answer.
   */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
