/** The two regions that screen readers read out: a polite one for the newest answer, and one that interrupts. */

import { el } from "./dom.js";
import type { Speech } from "./text.js";

const AFTER_MS = 100;
/** Whoever reads on later must not come upon it beside the question box: it stands in the conversation. */
const TAKEN_AWAY_AFTER_MS = 15_000;

/** A region that is read out. What is said at nearly the same time is read together, so that nothing is lost. */
export class Region {
  #waiting: Speech[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly element: HTMLElement) {}

  /** Empties the region first, so that the same text is said again. */
  say(speech: Speech): void {
    this.element.replaceChildren();
    this.#waiting.push(speech);
    this.#timer ??= setTimeout(() => this.#write(), AFTER_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#end);
    this.#timer = undefined;
    this.#waiting = [];
    this.element.replaceChildren();
  }

  #write(): void {
    this.#timer = undefined;
    this.element.replaceChildren(...this.#waiting.map(paragraph));
    this.#waiting = [];
    clearTimeout(this.#end);
    this.#end = setTimeout(() => this.element.replaceChildren(), TAKEN_AWAY_AFTER_MS);
  }
}

/** Pieces in a language of their own are marked with it, for the voice that reads them. */
function paragraph(speech: Speech): HTMLElement {
  const nodes = speech.flatMap(({ text, lang }) => [" ", lang ? el("span", { lang }, text) : text]);
  return el("p", {}, ...nodes.slice(1));
}

const hidden = { class: "visually-hidden" };

/** A region that interrupts. */
export const alarmRegion = (id: string): Region =>
  new Region(el("div", { id, ...hidden, role: "alert", "aria-live": "assertive" }));

export class Announcer {
  readonly #polite = new Region(el("div", { id: "announcer", ...hidden, role: "status", "aria-live": "polite" }));
  readonly #assertive = alarmRegion("alarm");

  get elements(): HTMLElement[] {
    return [this.#polite.element, this.#assertive.element];
  }

  readonly announce = (speech: string | Speech): void =>
    this.#polite.say(typeof speech === "string" ? [{ text: speech }] : speech);

  readonly alarm = (speech: Speech): void => this.#assertive.say(speech);

  /** Leaves nothing of what was said. */
  clear(): void {
    this.#polite.clear();
    this.#assertive.clear();
  }
}
