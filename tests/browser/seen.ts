import type { Page } from "./browser.ts";

/** Waits until an element contains a text. Fails after the time that the page allows. */
export async function seen(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}

/** Waits until a condition holds; asks for it again and again. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`never held: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Returns the name and the role of the element with the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const element = document.activeElement;
    return element.getAttribute("aria-label") || element.textContent || element.tagName;
  })()`);
}
