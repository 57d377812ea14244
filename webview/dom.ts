/** Small helpers to build elements. Text goes in as text, never as markup. */

export type Child = Node | string | null;

export interface Attributes {
  readonly class?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

/** An element with attributes (true: present, false and undefined: absent) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null) parent.append(child);
}

/** A button that looks as told and says what it does. */
export function button(options: { readonly text: string; readonly class: string; readonly title?: string; readonly focus?: string }, pressed: () => void): HTMLButtonElement {
  const element = el("button", { type: "button", class: options.class, title: options.title, "data-focus": options.focus }, options.text);
  element.addEventListener("click", pressed);
  return element;
}

/** Replaces what is in `parent`; the keyboard focus stays on the element of the same `data-focus`. */
export function replace(parent: Element, children: readonly Child[]): void {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.getAttribute("data-focus") : null;
  parent.replaceChildren(...children.filter((c) => c !== null));
  if (focused === null || focused === undefined) return;
  for (const candidate of parent.querySelectorAll<HTMLElement>("[data-focus]")) {
    if (candidate.dataset["focus"] === focused) {
      candidate.focus({ preventScroll: true });
      return;
    }
  }
}

/** Replaces what is in `parent` by parts made as they were; boxes that scroll stay where they were scrolled to. */
export function renew(parent: Element, children: readonly Child[]): void {
  const before = [...parent.querySelectorAll(".scroll")].map((box) => [box.scrollTop, box.scrollLeft] as const);
  replace(parent, children);
  for (const [i, box] of [...parent.querySelectorAll(".scroll")].entries()) {
    const was = before[i];
    if (was) [box.scrollTop, box.scrollLeft] = was;
  }
}

/** A region that opens, remembers it, and is filled when it is first opened. */
export function disclosure(
  options: { readonly class: string; readonly summary: readonly Child[]; readonly key: string; readonly open: boolean; readonly label?: string },
  toggled: (open: boolean) => void,
  fill: () => readonly Child[],
): HTMLDetailsElement {
  const body = el("div", { class: "body" });
  const element = el("details", { class: options.class }, el("summary", { "data-focus": options.key, "aria-label": options.label }, ...options.summary), body);
  let filled = false;
  const fillOnce = (): void => {
    if (filled) return;
    filled = true;
    append(body, fill());
  };
  if (options.open) {
    element.open = true;
    fillOnce();
  }
  element.addEventListener("toggle", () => {
    if (element.open) fillOnce();
    toggled(element.open);
  });
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}
