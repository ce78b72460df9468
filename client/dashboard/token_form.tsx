import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Asks for the token if the address had none, or a wrong one. */
export function TokenForm({ onToken }: { onToken: (token: string) => void }): JSX.Element {
  const [value, setValue] = useState("");
  return (
    <main id="content" tabIndex={-1}>
      <section class="panel token" aria-labelledby="token-title">
        <h1 id="token-title">This dashboard needs a token</h1>
        <p>
          Open the address that the program has printed. It ends with{" "}
          <code>#token=…</code>. Or enter the token here.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onToken(value.trim());
          }}
        >
          <label class="field">
            Token
            <input
              type="password"
              required
              autocomplete="off"
              value={value}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary">Open</button>
        </form>
      </section>
    </main>
  );
}
