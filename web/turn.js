/**
 * One question and what came of it: waiting, an answer, or why there is none.
 */

import { brief, renderAnswer } from "./answer.js";
import { button, el } from "./dom.js";
import { words } from "./words.js";

/**
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {{ask: (question: string) => void, edit: (question: string) => void, announce: (text: string) => void}} Actions
 */

const SLOW_AFTER_MS = 15_000;

export class Turn {
  /** @type {number | undefined} */
  #timer;
  #reply = el("div", { class: "reply", tabindex: -1 });

  /**
   * @param {string} question
   * @param {Actions} act
   */
  constructor(question, act) {
    this.question = question;
    this.act = act;
    this.element = el(
      "div",
      { class: "turn" },
      el("h2", { class: "bubble question", dir: "auto" }, el("span", { class: "visually-hidden" }, `${words.you} `), question),
      this.#reply,
    );
  }

  waitForAnswer() {
    this.#show(indicator(words.searching));
    this.#timer = setTimeout(() => this.#say(words.slow), SLOW_AFTER_MS);
  }

  waitForConnection() {
    this.#show(el("p", { class: "waiting" }, words.kept));
  }

  /** @param {"queued" | "searching"} state */
  showStatus(state) {
    this.#say(state === "queued" ? words.queued : words.searching);
  }

  /** @param {Answer} answer */
  showAnswer(answer) {
    this.#show(...renderAnswer(answer, this.act));
    this.act.announce(brief(answer));
  }

  /** Says that the question is too long and offers it for editing. */
  showTooLong() {
    this.#showProblem(words.tooLong, [button(words.edit, () => this.act.edit(this.question))]);
  }

  /**
   * @param {string} problem
   * @param {() => void} resend
   */
  showFailure(problem, resend) {
    this.#showProblem(problem, [button(words.sendAgain, resend)]);
  }

  /** @param {() => void} resend */
  showUnreachable(resend) {
    this.showFailure(words.unreachable, resend);
  }

  /**
   * Counts down to sending again by itself, unless that is declined.
   * @param {string} problem
   * @param {number} waitMs
   * @param {() => void} resend
   */
  showCountdown(problem, waitMs, resend) {
    let seconds = Math.max(1, Math.ceil(waitMs / 1000));
    const countdown = el("span", {}, words.again(seconds));
    const decline = button(words.doNotSend, () => this.showFailure(words.notSent, resend));
    this.#show(el("div", { class: "bubble problem" }, el("p", {}, problem, " ", countdown), decline));
    this.act.announce(`${problem} ${countdown.textContent}`);
    this.#timer = setInterval(() => {
      seconds -= 1;
      if (seconds > 0) countdown.textContent = words.again(seconds);
      else resend();
    }, 1000);
  }

  /**
   * @param {string} problem
   * @param {HTMLElement[]} controls
   */
  #showProblem(problem, controls) {
    this.#show(el("div", { class: "bubble problem" }, el("p", {}, problem), ...controls));
    this.act.announce(problem);
  }

  /** @param {string} text */
  #say(text) {
    const label = this.#reply.querySelector(".indicator-text");
    if (!label || label.textContent === text) return;
    label.textContent = text;
    this.act.announce(text);
  }

  /**
   * Replaces the reply; a focused button that goes with it leaves the focus at its place.
   * @param {...Node} parts
   */
  #show(...parts) {
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
    const hadFocus = this.#reply.contains(document.activeElement);
    this.#reply.replaceChildren(...parts);
    if (hadFocus) this.#reply.focus({ preventScroll: true });
  }
}

/** @param {string} text */
function indicator(text) {
  const dots = el("span", { class: "dots", "aria-hidden": true }, el("span"), el("span"), el("span"));
  return el("p", { class: "waiting indicator" }, dots, el("span", { class: "indicator-text" }, text));
}
