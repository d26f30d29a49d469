/** The button that opens the panel. It moves out of the way of whatever the site's visitor has focused under it. */

import { alarmRegion } from "./announcer.js";
import { el, icon } from "./dom.js";
import type { Speech } from "./text.js";

const BUBBLE = "M4 5h16v11H9l-5 4Z";
const CLEARANCE_PX = 8;

export class Launcher {
  readonly element: HTMLButtonElement;
  readonly #dot = el("span", { class: "dot", hidden: true });
  /** News in the button's name, after its label, and as it is said when it comes. */
  readonly #named: HTMLElement;
  readonly #said: HTMLElement;
  readonly #alarm = alarmRegion("launcher-alarm");

  /** `lang` is that of the interface; the site's own label is in the site's. */
  constructor(
    private readonly texts: { label: string; isOwnLabel: boolean; news: string; lang: string },
    onClick: () => void,
  ) {
    const { label, isOwnLabel, lang } = texts;
    this.#named = el("span", { class: "visually-hidden", lang });
    this.#said = el("span", { class: "visually-hidden", role: "status", lang });
    const attributes = { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" };
    const shown = el("span", { class: "launcher-label", lang: isOwnLabel ? null : lang }, label);
    this.element = el("button", attributes, icon(BUBBLE), shown, this.#named, this.#dot);
    this.element.addEventListener("click", onClick);
  }

  get elements(): HTMLElement[] {
    return [this.element, this.#said, this.#alarm.element];
  }

  set isExpanded(open: boolean) {
    this.element.setAttribute("aria-expanded", String(open));
  }

  /** Whether an answer or a person's message has come that nobody has seen. */
  set hasNews(news: boolean) {
    this.#dot.hidden = !news;
    this.#named.textContent = news ? ` ${this.texts.news}` : "";
    this.#said.textContent = news ? this.texts.news : "";
    if (!news) this.#alarm.clear();
  }

  /** Says at once what cannot wait until the panel is opened. */
  alarm(speech: Speech): void {
    this.#alarm.say(speech);
  }

  /** WCAG 2.4.11: what has the focus must not be hidden, and the launcher is not the site's own. */
  dodge(target: EventTarget | null): void {
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
