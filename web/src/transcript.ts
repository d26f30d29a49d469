/**
 * The conversation: only added to, and kept through every loss of the connection. Keeps the newest turn in sight
 * without pulling away a reader who has scrolled elsewhere.
 */

import type { Entry, Question } from "../client/index.js";
import type { Context } from "./context.js";
import { el, heading } from "./dom.js";
import { brief, noticeText } from "./text.js";
import { Turn } from "./turn.js";
import type { Key } from "./words.js";

const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Tab"]);

export class Transcript {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #turns = new Map<string, Turn>();
  readonly #shown = new Set<string>();
  /** The turn that the reader waits for and has not scrolled away from. */
  #followed: Turn | null = null;

  constructor(context: Context) {
    this.#context = context;
    const label = context.words.say("conversation");
    this.element = el("div", { class: "transcript", role: "log", "aria-live": "off", "aria-label": label });
    const unfollow = () => (this.#followed = null);
    addEventListener("wheel", unfollow, { passive: true });
    addEventListener("touchmove", unfollow, { passive: true });
    const keys = (event: KeyboardEvent) => SCROLL_KEYS.has(event.key) && unfollow();
    this.element.addEventListener("keydown", keys);
    if (context.level === 1) addEventListener("keydown", keys);
  }

  /** Shows an entry as it is now. `isNews` says it to screen readers too, and brings it into sight. */
  update(entry: Entry, isNews: boolean): void {
    if (entry.kind === "question") return this.#updateTurn(entry, isNews);
    if (this.#shown.has(entry.id)) return;
    this.#shown.add(entry.id);
    if (entry.kind === "handoff") return this.note(this.#context.words.say(handoffKey(entry.state)), isNews);
    const { words, level, announce } = this.#context;
    const who = words.say("personWrites");
    const body = el("p", { class: "message", dir: "auto" }, entry.text);
    this.element.append(el("div", { class: "bubble agent" }, heading(level + 1, { class: "eyebrow" }, who), body));
    if (isNews) announce(`${who}: ${entry.text}`);
  }

  /** A remark of the interface between the turns. */
  note(text: string, isNews = true): void {
    this.element.append(el("p", { class: "note" }, text));
    if (isNews) this.#context.announce(text);
  }

  /** Keeps a turn in sight until its answer has come or the reader goes elsewhere. */
  follow(id: string): void {
    this.#followed = this.#turns.get(id) ?? null;
    if (this.#followed) bringIntoView(this.#followed.element);
  }

  /** Goes to the newest turn, for a reader who comes back. */
  showNewest(): void {
    [...this.#turns.values()].at(-1)?.element.scrollIntoView({ block: "start" });
  }

  clear(): void {
    this.#turns.clear();
    this.#shown.clear();
    this.element.replaceChildren();
  }

  #updateTurn(question: Question, isNews: boolean): void {
    let turn = this.#turns.get(question.id);
    if (!turn) {
      turn = new Turn(this.#context, question);
      this.#turns.set(question.id, turn);
      this.element.append(turn.element);
    }
    turn.update(question);
    if (isNews && !question.feedback) this.#tell(question);
    if (question.progress === "answered" && turn === this.#followed) bringIntoView(turn.element);
  }

  #tell(question: Question): void {
    const { alarm, announce, words } = this.#context;
    const { progress, answer } = question;
    if (progress === "answered" && answer) {
      if (answer.notice) alarm(noticeText(answer));
      announce(brief(answer, words));
    } else if (progress === "failed" || progress === "held") {
      announce(Turn.problemText(this.#context, question));
    } else if (progress === "queued") {
      announce(words.say("queued"));
    }
  }
}

function handoffKey(state: string): Key {
  if (state === "accepted") return "handoffAccepted";
  return state === "closed" ? "handoffClosed" : "handoffRequested";
}

function bringIntoView(element: HTMLElement): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
