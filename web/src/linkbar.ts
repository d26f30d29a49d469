/** The state of the connection in words, with the one thing that can be done about it. */

import type { IbidClient, LinkState } from "../client/index.js";
import { button, el, focused } from "./dom.js";
import type { Key, Words } from "./words.js";

/** What can be done about a state. */
const CONTROLS: Partial<Record<LinkState, Key>> = {
  lost: "tryNow",
  resting: "tryNow",
  taken: "takeBack",
  expired: "loadAnew",
};

/** Attempts after which the service counts as gone rather than as just lost. */
const GONE_AFTER = 4;

export class LinkBar {
  readonly element: HTMLElement;
  readonly #text = el("p", { id: "link-text", role: "status" });
  readonly #control: HTMLButtonElement;

  constructor(
    private readonly words: Words,
    private readonly client: IbidClient,
    private readonly input: HTMLElement,
  ) {
    this.#control = button("", () => (client.state === "expired" ? location.reload() : client.connect()));
    this.#control.id = "link-retry";
    this.element = el("div", { class: "link-state" }, this.#text, this.#control);
  }

  /** The link state is on the outermost element too, for the style sheet. */
  show(state: LinkState, outermost: HTMLElement): void {
    const key = this.#key(state);
    const text = key ? this.words.say(key) : "";
    if (this.#text.textContent !== text) this.#text.textContent = text;
    const wasPressed = focused(this.#control) === this.#control;
    const control = CONTROLS[state];
    this.#control.textContent = control ? this.words.say(control) : "";
    this.#control.hidden = !control;
    if (wasPressed && this.#control.hidden) this.input.focus();
    outermost.dataset["link"] = state;
  }

  #key(state: LinkState): Key | null {
    if (state === "open" || state === "idle") return null;
    if (state !== "lost") return state;
    if (!navigator.onLine) return "offline";
    if (this.client.attempts >= GONE_AFTER) return "gone";
    return this.client.hasWaiting ? "lostWithQuestion" : "lost";
  }
}
