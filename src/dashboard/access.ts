// Decides which requests the dashboard answers. A page of another site could send requests to a server on the same
// machine, so the address and the origin of each request are checked, besides the token. `dashboard_server.ts` asks
// it first.

import { Refusal } from "./refusal.ts";

/** The names of the machine itself. */
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The addresses that stand for all addresses of the machine. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "[::]"]);

/** The number of random bytes of a token. */
const TOKEN_BYTES = 24;

/** The access to one server. */
export class Access {
  readonly #hostname: string;
  readonly #token: Uint8Array;

  /**
   * @param hostname The address that is served.
   * @param token The token.
   */
  constructor(hostname: string, token: string) {
    this.#hostname = bracketed(hostname.toLowerCase());
    this.#token = new TextEncoder().encode(token);
  }

  /**
   * Refuses a request that was not sent to this server on purpose, or that a page of another site has sent.
   *
   * @param isPage `true` if the request is for the page, which contains no data. A link of another site may lead there.
   * @throws {Refusal} With status 403.
   */
  checkOrigin({ headers }: Request, isPage: boolean): void {
    const host = headers.get("host")?.toLowerCase();
    if (host === undefined || !this.#isServed(nameOf(host))) {
      throw new Refusal(
        403,
        "the address of the request is not the one that is served; open the url of the dashboard",
      );
    }
    const origin = headers.get("origin");
    // Not compared with the port that is served, so that the port can be forwarded from another one.
    if (origin !== null && origin.toLowerCase() !== `http://${host}`) {
      throw new Refusal(403, "requests of other sites are refused");
    }
    const site = headers.get("sec-fetch-site");
    if (site === null || site === "same-origin" || site === "none") return;
    if (isPage && headers.get("sec-fetch-mode") === "navigate") return;
    throw new Refusal(403, "requests of other sites are refused");
  }

  /**
   * Refuses a request without the token.
   *
   * @throws {Refusal} With status 401.
   */
  checkToken({ headers }: Request): void {
    const [, token] = /^Bearer +([^ ]+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (token !== undefined && isEqual(new TextEncoder().encode(token), this.#token)) return;
    throw new Refusal(401, "the token is missing or wrong; open the url of the dashboard", {
      "www-authenticate": "Bearer",
    });
  }

  #isServed(name: string): boolean {
    if (name === this.#hostname) return true;
    if (LOOPBACK.has(this.#hostname)) return LOOPBACK.has(name);
    if (!ANY_ADDRESS.has(this.#hostname)) return false;
    // A name of another site can be made to lead here, but an address cannot.
    return LOOPBACK.has(name) || /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.startsWith("[");
  }
}

/** The shortest token, in characters. */
export const MIN_TOKEN = 16;

/** Returns a token that cannot be guessed, of characters that have no meaning in a URL. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Returns an address as it is written in a URL. */
export function bracketed(hostname: string): string {
  return hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
}

function nameOf(host: string): string {
  return host.replace(/:\d*$/, "");
}

/** Compares in a time that does not depend on the number of equal characters. */
function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) {
    difference |= (expected[i] ?? 0) ^ (given[i % given.length] ?? 0);
  }
  return difference === 0;
}
