/** One question and what came of it: waiting, an answer, or why there is none. */

import type { Question } from "../client/index.js";
import { renderAnswer } from "./answer.js";
import type { Context } from "./context.js";
import { button, el, focused, heading } from "./dom.js";
import type { Key } from "./words.js";

const SLOW_AFTER_MS = 15_000;

export class Turn {
  readonly element: HTMLElement;
  readonly #reply = el("div", { class: "reply", tabindex: -1 });
  readonly #context: Context;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = "";

  constructor(context: Context, question: Question) {
    this.#context = context;
    const { words, level } = context;
    const you = el("span", { class: "visually-hidden" }, `${words.say("you")} `);
    const text = question.text ?? words.say("askedElsewhere");
    const typed = el("span", { dir: "auto" }, text);
    const note = question.asTyped ? el("span", { class: "typed-note" }, ` (${words.say("asTypedNote")})`) : null;
    this.element = el(
      "div",
      { class: "turn" },
      heading(level + 1, { class: "bubble question" }, question.text === null ? null : you, typed, note),
      this.#reply,
    );
  }

  update(question: Question): void {
    const { progress, problem } = question;
    const isRefused = this.#context.isRefused();
    const state = `${progress} ${problem ?? ""} ${question.retryAt ?? ""} ${progress === "waiting" && isRefused}`;
    if (state === this.#shown) return;
    this.#shown = state;
    switch (progress) {
      case "waiting":
        return this.#show(el("p", { class: "waiting" }, this.#say(isRefused ? "keptRefused" : "kept")));
      case "sent":
      case "searching":
        return this.#wait("searching");
      case "queued":
        return this.#wait("queued");
      case "held":
        return this.#showCountdown(question);
      case "failed":
        return this.#showProblem(question);
      case "answered":
        if (question.answer) this.#show(...renderAnswer(this.#context, question, question.answer));
    }
  }

  /** Ends what the turn would still do by itself. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** What a screen reader is told about a turn that has no answer. */
  static told(context: Context, question: Question): string {
    const { words } = context;
    const problem = Turn.#problemText(context, question);
    if (question.progress !== "held") return problem;
    const choice = words.say("againChoice", { label: words.say("doNotSend") });
    return [problem, words.count("again", secondsLeft(question)), choice].join(" ");
  }

  static #problemText({ words }: Context, { problem = "" }: Question): string {
    return words.say(problemKey(problem));
  }

  #say(key: Key): string {
    return this.#context.words.say(key);
  }

  #wait(key: Key): void {
    const label = this.#reply.querySelector(".indicator-text");
    if (label) {
      label.textContent = this.#say(key);
      return;
    }
    const text = el("span", { class: "indicator-text" }, this.#say(key));
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("span"), el("span"), el("span"));
    this.#show(el("p", { class: "waiting indicator" }, dots, text));
    this.#timer = setTimeout(() => {
      text.textContent = this.#say("slow");
      this.#context.announce(this.#say("slow"));
    }, SLOW_AFTER_MS);
  }

  /** Counts down to being sent again, unless that is declined. */
  #showCountdown(question: Question): void {
    const { words, act } = this.#context;
    const left = () => words.count("again", secondsLeft(question));
    const countdown = el("span", {}, left());
    const decline = button(words.say("doNotSend"), () => act.cancel(question.id));
    const text = el("p", {}, Turn.#problemText(this.#context, question), " ", countdown);
    this.#show(el("div", { class: "bubble problem" }, text, decline));
    this.#timer = setInterval(() => (countdown.textContent = left()), 1000);
  }

  #showProblem(question: Question): void {
    const { act } = this.#context;
    const { text, problem = "", id } = question;
    const control = /long|large/.test(problem)
      ? button(this.#say("edit"), () => act.edit(text ?? ""))
      : button(this.#say("sendAgain"), () => act.retry(id));
    const told = el("p", {}, Turn.#problemText(this.#context, question));
    this.#show(el("div", { class: "bubble problem" }, told, control));
  }

  /** Replaces the reply; a focused button that goes with it leaves the focus at its place. */
  #show(...parts: Node[]): void {
    this.stop();
    const focus = focused(this.#reply);
    const hadFocus = focus !== null && this.#reply.contains(focus);
    this.#reply.replaceChildren(...parts);
    if (hadFocus) this.#reply.focus({ preventScroll: true });
  }
}

/** Until a held question is sent again. */
const secondsLeft = ({ retryAt = 0 }: Question): number => Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));

function problemKey(problem: string): Key {
  if (problem === "cancelled") return "notSent";
  if (problem === "unreachable") return "unreachable";
  if (/long|large/.test(problem)) return "tooLong";
  if (/rate|limit/.test(problem)) return "tooMany";
  return /busy|ready|shutting/.test(problem) ? "busy" : "failed";
}
