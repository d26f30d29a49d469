/** The two regions that screen readers read out: a polite one for the newest answer, and one that interrupts. */

import { el } from "./dom.js";

const AFTER_MS = 100;

export class Announcer {
  readonly #polite = el("div", { id: "announcer", class: "visually-hidden", role: "status", "aria-live": "polite" });
  readonly #assertive = el("div", { id: "alarm", class: "visually-hidden", role: "alert", "aria-live": "assertive" });

  get elements(): HTMLElement[] {
    return [this.#polite, this.#assertive];
  }

  readonly announce = (text: string): void => say(this.#polite, text);

  /** In the operator's own words, which may be in another language than the interface. */
  readonly alarm = (text: string, language: string | null): void => {
    if (language) this.#assertive.lang = language;
    else this.#assertive.removeAttribute("lang");
    say(this.#assertive, text);
  };
}

/** Empties the region first, so that the same text is said again. */
function say(region: HTMLElement, text: string): void {
  region.textContent = "";
  setTimeout(() => (region.textContent = text), AFTER_MS);
}
