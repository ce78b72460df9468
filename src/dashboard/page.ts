import { HEADERS } from "./answers.ts";

/** The page of the dashboard, as an answer. It contains no data, and runs only its own script. */
export class Page {
  readonly #html: string;
  #headers: Promise<Readonly<Record<string, string>>> | undefined;

  /** @param html The document, with its scripts and styles in it. */
  constructor(html: string) {
    this.#html = html;
  }

  /** Returns the page. */
  async answer(): Promise<Response> {
    this.#headers ??= headersOf(this.#html);
    return new Response(this.#html, { headers: await this.#headers });
  }
}

async function headersOf(html: string): Promise<Readonly<Record<string, string>>> {
  const [scripts, styles] = await Promise.all(["script", "style"].map((tag) => hashes(html, tag)));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    ...HEADERS,
    "content-security-policy": policy.join("; "),
    "content-type": "text/html; charset=utf-8",
  };
}

/** Returns the hashes of the elements of a kind, as a list of sources. */
async function hashes(html: string, tag: string): Promise<string> {
  const elements = html.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([^]*?)</${tag}>`, "g"));
  const sources = await Promise.all(Array.from(elements, async ([, text = ""]) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `'sha256-${new Uint8Array(digest).toBase64()}'`;
  }));
  return sources.length === 0 ? "'none'" : sources.join(" ");
}
