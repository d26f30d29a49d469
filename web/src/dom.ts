/**
 * Builds elements without ever parsing HTML: strings become text nodes, so that a question or a quote cannot turn
 * into markup.
 */

export type Child = Node | string | null | undefined;
export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** False, null and undefined leave an attribute out. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(label: string, onClick: () => void, className = "plain"): HTMLButtonElement {
  const element = el("button", { type: "button", class: className }, label);
  element.addEventListener("click", onClick);
  return element;
}

/** A heading one to six levels below the title of its surroundings. */
export function heading(level: number, attributes: Attributes, ...children: Child[]): HTMLElement {
  return el(`h${Math.min(level, 6)}` as "h2", attributes, ...children);
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of one stroke, for the eye only. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  for (const [name, value] of [
    ["viewBox", "0 0 24 24"],
    ["aria-hidden", "true"],
    ["focusable", "false"],
    ["class", "icon"],
  ] as const) {
    svg.setAttribute(name, value);
  }
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const WEB = ["https:", "http:"];
const CONTACT = ["tel:", "sms:", "mailto:", ...WEB];

/** Gives the address back only if its scheme is harmless, against `javascript:` links in served data. */
function checked(address: string | null | undefined, base: URL, schemes: string[]): string | null {
  if (!address) return null;
  try {
    const url = new URL(address, base);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export const webAddress = (address: string | null | undefined, base: URL) => checked(address, base, WEB);
export const contactAddress = (address: string | null | undefined, base: URL) => checked(address, base, CONTACT);

/** The focused element inside the tree that `node` is in, which may be a shadow tree. */
export function focused(node: Node): Element | null {
  const root = node.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}
