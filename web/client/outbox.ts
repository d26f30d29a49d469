/**
 * The questions of a conversation, each kept until it has its answer or has failed. Knows nothing of connections:
 * it is told when one is ready, when one broke, and what the server said.
 */

import { type Entry, isSettled, type Question } from "./entry.js";
import type { AnswerFrame, ClientFrame, ErrorFrame } from "./protocol.js";

const REFUSALS_ALLOWED = 6;
/** Refusals that pass, such as those of a server that has just been started and still loads its index. */
const PASSING = ["busy", "not_ready", "shutting_down"];
const FIRST_WAIT_MS = 1000;
const LOSSES_ALLOWED = 10;

export interface OutboxEvents {
  changed(question: Question): void;
  /** A question that was put off is due. */
  due(id: string): void;
}

export class Outbox {
  readonly #holds = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #prefix = randomPrefix();
  #asked = 0;

  constructor(
    private readonly entries: () => Entry[],
    private readonly on: OutboxEvents,
  ) {}

  find(id: string | undefined): Question | undefined {
    const found = this.entries().find((entry) => entry.id === id);
    return found?.kind === "question" ? found : undefined;
  }

  add(text: string, asTyped: boolean): Question {
    this.#asked += 1;
    return this.#push(`${this.#prefix}-${this.#asked}`, text, asTyped);
  }

  /** Hands over what waits, in the order of asking, until `send` says that it cannot. */
  flush(send: (frame: ClientFrame) => boolean): void {
    for (const question of this.#questions()) {
      const { id, text, asTyped } = question;
      if (question.progress !== "waiting" || text === null) continue;
      if (!send({ type: "ask", id, question: text, ...(asTyped && { as_typed: true as const }) })) return;
      question.progress = "sent";
      this.on.changed(question);
    }
  }

  /** Takes an answer of a session in, unless its question has one. */
  answered({ in_reply_to: id, seq, answer }: AnswerFrame, session: string): void {
    const known = this.find(id);
    if (known?.progress === "answered") return;
    const question = known ?? this.#push(id, null, false);
    this.#release(id);
    Object.assign(question, { progress: "answered", seq, session, answer });
    delete question.problem;
    this.on.changed(question);
  }

  /** Puts a question off until it may be asked again, a few times; else it has failed. */
  refused({ in_reply_to: id, code, retry_after_ms: toldMs }: ErrorFrame): void {
    const question = this.find(id);
    if (!question || isSettled(question)) return;
    const growingMs = PASSING.includes(code) ? FIRST_WAIT_MS * 2 ** question.refusals : undefined;
    const waitMs = toldMs ?? growingMs;
    question.refusals += 1;
    if (waitMs === undefined || question.refusals > REFUSALS_ALLOWED) return this.fail(question, code);
    Object.assign(question, { progress: "held", problem: code, retryAt: Date.now() + waitMs });
    this.#release(question.id);
    this.#holds.set(
      question.id,
      setTimeout(() => this.on.due(question.id), waitMs),
    );
    this.on.changed(question);
  }

  /** What was on its way waits again. Answers come in order, so only the first can have been the cause. */
  connectionLost(): void {
    const [first, ...others] = this.#questions().filter(isUnderway);
    if (first) this.#lost(first);
    for (const question of others) this.await(question);
  }

  /** The connection was ended on purpose: all that has no answer waits for the next one. */
  connectionEnded(): void {
    for (const question of this.#questions())
      if (isUnderway(question) || question.progress === "held") this.await(question);
  }

  /**
   * The server closed because a message was too large: of the questions it can only have been the first that it had
   * not answered. Gives back whether there was one.
   */
  tooLarge(): boolean {
    const first = this.#questions().find(isUnderway);
    if (first) this.fail(first, "too_large");
    return first !== undefined;
  }

  await(question: Question): void {
    this.#release(question.id);
    if (question.progress === "failed") Object.assign(question, { losses: 0, refusals: 0 });
    question.progress = "waiting";
    delete question.problem;
    delete question.retryAt;
    this.on.changed(question);
  }

  fail(question: Question, problem: string): void {
    this.#release(question.id);
    delete question.retryAt;
    Object.assign(question, { progress: "failed", problem });
    this.on.changed(question);
  }

  /** Lets nothing be asked again by itself. */
  stop(): void {
    for (const id of this.#holds.keys()) this.#release(id);
  }

  #questions(): Question[] {
    return this.entries().filter((entry) => entry.kind === "question");
  }

  #push(id: string, text: string | null, asTyped: boolean): Question {
    const question: Question = { kind: "question", id, text, asTyped, progress: "waiting", refusals: 0, losses: 0 };
    this.entries().push(question);
    return question;
  }

  #lost(question: Question): void {
    question.losses += 1;
    if (question.losses >= LOSSES_ALLOWED) this.fail(question, "unreachable");
    else this.await(question);
  }

  #release(id: string): void {
    clearTimeout(this.#holds.get(id));
    this.#holds.delete(id);
  }
}

const isUnderway = ({ progress }: Question): boolean => ["sent", "queued", "searching"].includes(progress);

/** Ids stay unique when a window is duplicated with its session. */
function randomPrefix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
