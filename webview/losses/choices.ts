/** One of several, as buttons. */
import { button, el } from "../dom";

/** Buttons of which one is pressed. */
export function choices<T extends string | number>(label: string, of: readonly { readonly value: T; readonly text: string }[], chosen: T, choose: (value: T) => void): HTMLElement {
  const buttons = of.map(({ value, text }) => {
    const element = button({ text, class: "choice", focus: `${label} ${value}` }, () => choose(value));
    element.setAttribute("aria-pressed", String(value === chosen));
    return element;
  });
  return el("div", { class: "choices", role: "group", "aria-label": label }, ...buttons);
}
