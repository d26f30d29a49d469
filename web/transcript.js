/**
 * The conversation on the page: it is only added to, and survives every loss of
 * the connection. Keeps the newest turn in sight without pulling away a reader
 * who has scrolled elsewhere.
 */

import { renderQuestions } from "./answer.js";
import { el } from "./dom.js";
import { Turn } from "./turn.js";
import { words } from "./words.js";

/**
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {import("./protocol.js").Hello} Hello
 * @typedef {import("./turn.js").Actions} Actions
 */

const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Tab"]);
const NEAR_END_PX = 160;
const ANNOUNCE_AFTER_MS = 100;

export class Transcript {
  #welcomed = false;
  /** @type {Turn | null} the turn that the reader waits for and has not scrolled away from */
  #followed = null;

  /**
   * @param {HTMLElement} log
   * @param {HTMLElement} announcer
   */
  constructor(log, announcer) {
    this.log = log;
    this.announcer = announcer;
    const unfollow = () => (this.#followed = null);
    addEventListener("wheel", unfollow, { passive: true });
    addEventListener("touchmove", unfollow, { passive: true });
    addEventListener("keydown", (event) => {
      if (SCROLL_KEYS.has(event.key)) unfollow();
    });
  }

  /**
   * Says a text to screen readers; empties the region first, so that the same text is said again.
   * @param {string} text
   */
  announce(text) {
    this.announcer.textContent = "";
    setTimeout(() => (this.announcer.textContent = text), ANNOUNCE_AFTER_MS);
  }

  /**
   * The operator's greeting and suggestions, once.
   * @param {Hello} hello
   * @param {(question: string) => void} ask
   */
  welcome({ greeting, suggestions = [] }, ask) {
    if (this.#welcomed) return;
    this.#welcomed = true;
    const parts = [
      greeting ? el("p", { class: "bubble message", dir: "auto" }, greeting) : null,
      suggestions.length > 0 ? renderQuestions(words.suggestions, suggestions, ask) : null,
    ];
    this.log.prepend(el("div", { class: "welcome" }, ...parts));
  }

  /**
   * @param {string} question
   * @param {Actions} act
   */
  addTurn(question, act) {
    const turn = new Turn(question, act);
    this.log.append(turn.element);
    return turn;
  }

  /**
   * Keeps a turn in sight until its answer has come or the reader goes elsewhere.
   * @param {Turn} turn
   */
  follow(turn) {
    this.#followed = turn;
    bringIntoView(turn.element);
  }

  /**
   * @param {Turn} turn
   * @param {Answer} answer
   */
  answer(turn, answer) {
    turn.showAnswer(answer);
    if (this.#followed === turn) this.follow(turn);
  }

  /**
   * A person of the help desk.
   * @param {string} text
   */
  addAgentMessage(text) {
    const body = el("p", { class: "agent-text", dir: "auto" }, text);
    this.#append(el("div", { class: "bubble agent" }, el("h2", { class: "eyebrow" }, words.agent), body));
    this.announce(`${words.agent}: ${text}`);
  }

  /** @param {string} text */
  addNote(text) {
    this.#append(el("p", { class: "note" }, text));
    this.announce(text);
  }

  /** @param {HTMLElement} element */
  #append(element) {
    const follow = isNearEnd();
    this.log.append(element);
    if (follow) bringIntoView(element);
  }
}

function isNearEnd() {
  const page = document.documentElement;
  return page.scrollHeight - page.clientHeight - page.scrollTop < NEAR_END_PX;
}

/** @param {HTMLElement} element */
function bringIntoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
