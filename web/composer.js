/**
 * The question box: grows with its text, sends with Enter, and says before
 * sending when a question is too long. The text is never cut to fit.
 */

import { characters } from "./text.js";
import { words } from "./words.js";

const COUNT_FROM = 0.8;

export class Composer {
  /** @type {number | null} */
  #limit = null;

  /**
   * @param {{form: HTMLFormElement, input: HTMLTextAreaElement, counter: HTMLElement, error: HTMLElement}} parts
   * @param {(question: string) => void} ask
   */
  constructor(parts, ask) {
    this.parts = parts;
    this.ask = ask;
    const { form, input } = parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => this.#changed());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {number | undefined} characterLimit */
  limitTo(characterLimit) {
    this.#limit = characterLimit && characterLimit > 0 ? characterLimit : null;
    this.#changed();
  }

  /**
   * Puts a question back for editing, after what is being typed.
   * @param {string} question
   */
  edit(question) {
    const { input } = this.parts;
    input.value = input.value.trim() ? `${input.value}\n${question}` : question;
    this.#changed();
    input.focus();
  }

  #submit() {
    const { input, error } = this.parts;
    const question = input.value.trim();
    const problem = this.#problem(question);
    error.textContent = problem ?? "";
    input.setAttribute("aria-invalid", String(problem !== null));
    input.focus();
    if (problem !== null) return;
    input.value = "";
    this.#changed();
    this.ask(question);
  }

  /**
   * @param {string} question
   * @returns {string | null}
   */
  #problem(question) {
    if (question === "") return words.typeSomething;
    const limit = this.#limit;
    return limit !== null && characters(question) > limit ? words.shorten(limit) : null;
  }

  #changed() {
    const { input, error } = this.parts;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
    const left = this.#limit === null ? Infinity : this.#limit - characters(input.value.trim());
    this.#count(left);
    if (left >= 0 && input.value !== "") error.textContent = "";
    input.setAttribute("aria-invalid", String(left < 0));
  }

  /** @param {number} left */
  #count(left) {
    const { counter } = this.parts;
    const near = this.#limit !== null && left <= this.#limit * (1 - COUNT_FROM);
    counter.textContent = near ? (left < 0 ? words.charactersTooMany(-left) : words.charactersLeft(left)) : "";
    counter.classList.toggle("over", left < 0);
  }
}
