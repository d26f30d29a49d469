/**
 * The question box: grows with its text, sends with Enter, and says before sending when a question is too long.
 * The text is never cut to fit.
 */

import { el } from "./dom.js";
import { characters } from "./text.js";
import type { Words } from "./words.js";

const COUNT_FROM = 0.8;
/** A second press so soon after a question was sent belongs to the first. */
const SAME_PRESS_MS = 700;
/** The code of a key that an input method takes: in Safari the Enter that ends a word is said to be composed no more. */
const TAKEN_BY_INPUT_METHOD = 229;

export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  readonly #counter = el("span", { id: "counter", class: "counter" });
  readonly #error = el("p", { id: "composer-error", class: "composer-error", role: "alert" });
  #limit: number | null = null;
  #sentAt = -Infinity;

  constructor(
    private readonly words: Words,
    private readonly ask: (question: string) => void,
  ) {
    this.input = el("textarea", {
      id: "question",
      name: "question",
      rows: 1,
      enterkeyhint: "send",
      "aria-describedby": "composer-error counter keys",
    });
    this.element = this.#form();
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => {
      if (this.input.value === "") this.#error.textContent = "";
      this.#changed();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || isComposed(event)) return;
      event.preventDefault();
      if (!event.repeat) this.#submit();
    });
  }

  limitTo(limit: number | undefined): void {
    this.#limit = limit && limit > 0 ? limit : null;
    this.#changed();
  }

  /** Puts a question back for editing, after what is being typed. */
  edit(question: string): void {
    const { input } = this;
    input.value = input.value.trim() ? `${input.value}\n${question}` : question;
    this.#changed();
    input.focus();
  }

  #form(): HTMLFormElement {
    const { words } = this;
    const keys = el("span", { id: "keys", class: "keys" }, words.say("keys"));
    return el(
      "form",
      { id: "composer", class: "composer", autocomplete: "off" },
      el("div", { class: "composer-head" }, el("label", { for: "question" }, words.say("question")), this.#counter),
      el(
        "div",
        { class: "composer-row" },
        this.input,
        el("button", { class: "send", type: "submit" }, words.say("send")),
      ),
      this.#error,
      el("p", { class: "small-print" }, words.say("smallPrint"), " ", keys),
    );
  }

  #submit(): void {
    const { input } = this;
    const question = input.value.trim();
    if (question === "" && performance.now() - this.#sentAt < SAME_PRESS_MS) return;
    const problem = this.#problem(question);
    this.#error.textContent = problem ?? "";
    input.setAttribute("aria-invalid", String(problem !== null));
    input.focus();
    if (problem !== null) return;
    input.value = "";
    this.#sentAt = performance.now();
    this.#changed();
    this.ask(question);
  }

  #problem(question: string): string | null {
    if (question === "") return this.words.say("typeSomething");
    const limit = this.#limit;
    return limit !== null && characters(question) > limit ? this.words.say("shorten", { count: limit }) : null;
  }

  #changed(): void {
    const { input } = this;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
    const left = this.#limit === null ? Infinity : this.#limit - characters(input.value.trim());
    this.#count(left);
    if (left >= 0 && input.value !== "") this.#error.textContent = "";
    input.setAttribute("aria-invalid", String(left < 0));
  }

  #count(left: number): void {
    const isNear = this.#limit !== null && left <= this.#limit * (1 - COUNT_FROM);
    const text = left < 0 ? this.words.count("charactersOver", -left) : this.words.count("charactersLeft", left);
    this.#counter.textContent = isNear ? text : "";
    this.#counter.classList.toggle("over", left < 0);
  }
}

const isComposed = ({ isComposing, keyCode }: KeyboardEvent): boolean =>
  isComposing || keyCode === TAKEN_BY_INPUT_METHOD;
