/**
 * The conversation: only added to, and kept through every loss of the connection. Keeps what is new in sight
 * without pulling away a reader who has scrolled elsewhere.
 */

import type { Entry, Handoff, PersonMessage, Question } from "../client/index.js";
import { type Context, serviceLanguage } from "./context.js";
import { el, heading } from "./dom.js";
import { brief, noticeSpeech } from "./text.js";
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
  #hasScrolled = false;

  constructor(context: Context) {
    this.#context = context;
    const label = context.words.say("conversation");
    this.element = el("div", { class: "transcript", role: "log", "aria-live": "off", "aria-label": label });
    const scrolled = () => {
      this.#followed = null;
      this.#hasScrolled = true;
    };
    addEventListener("wheel", scrolled, { passive: true });
    addEventListener("touchmove", scrolled, { passive: true });
    const keys = (event: KeyboardEvent) => SCROLL_KEYS.has(event.key) && scrolled();
    this.element.addEventListener("keydown", keys);
    if (context.level === 1) addEventListener("keydown", keys);
  }

  /** Shows an entry as it is now. `isNews` says it to screen readers too, and brings it into sight. */
  update(entry: Entry, isNews: boolean): void {
    if (entry.kind === "question") return this.#updateTurn(entry, isNews);
    if (this.#shown.has(entry.id)) return;
    this.#shown.add(entry.id);
    if (entry.kind === "handoff")
      return this.note(this.#context.words.say(HANDOFF[entry.state] ?? "handoffRequested"), isNews);
    const { words, level } = this.#context;
    const who = words.say("personWrites");
    const body = el("p", { class: "message", dir: "auto" }, entry.text);
    const message = el("div", { class: "bubble agent" }, heading(level + 1, { class: "eyebrow" }, who), body);
    this.#append(message, isNews ? this.#messageText(entry) : null);
  }

  /** Says an answer or a person's message that came while nobody could hear it. */
  announce(entry: Entry): void {
    if (entry.kind === "question") this.#tell(entry);
    else if (entry.kind === "message") this.#context.announce(this.#messageText(entry));
  }

  /** A remark of the interface between the turns. */
  note(text: string, isNews = true): void {
    this.#append(el("p", { class: "note" }, text), isNews ? text : null);
  }

  /** Keeps a turn in sight until its answer has come or the reader goes elsewhere. */
  follow(id: string): void {
    this.#followed = this.#turns.get(id) ?? null;
    this.#hasScrolled = false;
    if (this.#followed) bringIntoView(this.#followed.element, "start");
  }

  /** Goes to the newest turn or message, for a reader who comes back. */
  showNewest(): void {
    this.#hasScrolled = false;
    [...this.element.querySelectorAll(":scope > :is(.turn, .agent)")].at(-1)?.scrollIntoView({ block: "start" });
  }

  clear(): void {
    this.#followed = null;
    for (const turn of this.#turns.values()) turn.stop();
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
    const isNew = isNews && !question.feedback;
    if (isNew) this.#tell(question);
    const isUrgent = isNew && Boolean(question.answer?.notice);
    if (question.progress !== "answered" || (turn !== this.#followed && !isUrgent)) return;
    this.#followed = null;
    bringIntoView(turn.element, "start");
  }

  #messageText({ text }: PersonMessage): string {
    return `${this.#context.words.say("personWrites")}: ${text}`;
  }

  /** Adds what stands between the turns. With `news` it is said, and shown unless the reader has scrolled away. */
  #append(element: HTMLElement, news: string | null): void {
    const isAway = this.#hasScrolled && !this.#isEndInSight();
    this.element.append(element);
    if (news === null) return;
    this.#context.announce(news);
    if (!isAway) bringIntoView(element, "nearest");
  }

  /** The transcript scrolls itself in the panel and with the window on the page. */
  #isEndInSight(): boolean {
    const last = this.element.lastElementChild?.getBoundingClientRect();
    return !last || last.bottom <= Math.min(innerHeight, this.element.getBoundingClientRect().bottom);
  }

  #tell(question: Question): void {
    const { alarm, announce, hello, words } = this.#context;
    const { progress, answer } = question;
    if (progress === "answered" && answer) {
      const lang = serviceLanguage(hello());
      if (answer.notice) alarm(noticeSpeech(answer, lang));
      announce(brief(answer, words, lang));
    } else if (progress === "failed" || progress === "held") {
      announce(Turn.told(this.#context, question));
    } else if (progress === "queued") {
      announce(words.say("queued"));
    }
  }
}

const HANDOFF: Record<Handoff["state"], Key> = {
  requested: "handoffRequested",
  accepted: "handoffAccepted",
  closed: "handoffClosed",
  lost: "handoffLost",
};

function bringIntoView(element: HTMLElement, block: "start" | "nearest"): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}
