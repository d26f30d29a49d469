/** The button that opens the panel. It moves out of the way of whatever the site's visitor has focused under it. */

import { el, icon } from "./dom.js";

const BUBBLE = "M4 5h16v11H9l-5 4Z";
const CLEARANCE_PX = 8;

export class Launcher {
  readonly element: HTMLButtonElement;
  readonly #label: HTMLElement;
  readonly #dot = el("span", { class: "dot", hidden: true });
  readonly #news = el("span", { class: "visually-hidden", role: "status" });

  constructor(
    private readonly texts: { label: string; news: string },
    onClick: () => void,
  ) {
    this.#label = el("span", { class: "launcher-label" }, texts.label);
    const attributes = { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" };
    this.element = el("button", attributes, icon(BUBBLE), this.#label, this.#dot);
    this.element.addEventListener("click", onClick);
    document.addEventListener("focusin", ({ target }) => this.#clear(target));
  }

  get elements(): HTMLElement[] {
    return [this.element, this.#news];
  }

  set isExpanded(open: boolean) {
    this.element.setAttribute("aria-expanded", String(open));
    if (open) this.hasNews = false;
  }

  /** Whether an answer or a person's message has come that nobody has seen. */
  set hasNews(news: boolean) {
    this.#dot.hidden = !news;
    if (news) this.element.setAttribute("aria-label", this.texts.news);
    else this.element.removeAttribute("aria-label");
    this.#news.textContent = news ? this.texts.news : "";
  }

  /** WCAG 2.4.11: what has the focus must not be hidden, and the launcher is not the site's own. */
  #clear(target: EventTarget | null): void {
    const { style } = this.element;
    style.setProperty("--dodge", "0px");
    const root = this.element.getRootNode();
    if (!(target instanceof Element) || (root instanceof ShadowRoot && target === root.host)) return;
    const own = this.element.getBoundingClientRect();
    const its = target.getBoundingClientRect();
    const isApart = its.right < own.left || its.left > own.right || its.bottom < own.top || its.top > own.bottom;
    const rise = own.bottom - its.top + CLEARANCE_PX;
    if (!isApart && rise < innerHeight - own.height) style.setProperty("--dodge", `${-rise}px`);
  }
}
