/**
 * A conversation with an Ibid server that survives lost connections, reloads and restarts. Every question is kept
 * until it has its answer, is asked under one id however often it must be sent, and no answer is taken in twice.
 */

import { Emitter } from "./emitter.js";
import { type Entry, isSettled, type Question } from "./entry.js";
import { type Journal, readJournal, type Store, writeJournal } from "./journal.js";
import { Link, type LinkState, type Surroundings } from "./link.js";
import { Numbering } from "./numbering.js";
import {
  type AnswerFrame,
  CLOSE,
  type ClientFrame,
  type ErrorFrame,
  type FeedbackReason,
  type Hello,
  type ServerFrame,
} from "./protocol.js";

export interface ClientOptions {
  /** Where the conversation is kept; null keeps it in memory. Session storage if left out and there is one. */
  storage?: Store | null;
  /** For programs without a global `WebSocket`, and for tests. */
  WebSocket?: typeof WebSocket;
  /** A number in [0, 1), for the jitter of waits. */
  random?: () => number;
}

export type ClientEvents = {
  state: [state: LinkState];
  hello: [hello: Hello];
  /** An entry was added or has changed. */
  entry: [entry: Entry];
  /** The server began a new session: it no longer knows what was asked before. */
  renewed: [];
  /** The entries are gone. */
  cleared: [];
  /** The server has forgotten what it was told to forget. */
  forgotten: [];
};

const REFUSALS_ALLOWED = 3;
const LOSSES_ALLOWED = 10;
const FORGET_WITHIN_MS = 4_000;
const CHANNEL = "ibid";

export class IbidClient extends Emitter<ClientEvents> {
  readonly server: URL;
  readonly #key: string;
  readonly #store: Store | null;
  readonly #journal: Journal;
  readonly #link: Link;
  readonly #numbering = new Numbering();
  readonly #prefix = randomPrefix();
  readonly #holds = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  #asked = 0;
  #forgetTimer: ReturnType<typeof setTimeout> | undefined;
  /** Id of the session that the server was just told to forget. */
  #forgetSent: string | null = null;

  /** `server` is the address of the server, such as `https://ask.example.org`. Nothing is sent before `connect`. */
  constructor(server: string | URL, options: ClientOptions = {}) {
    super();
    this.server = new URL(server);
    this.#key = `ibid:${this.server.origin}`;
    this.#store = options.storage === undefined ? sessionStore() : options.storage;
    this.#journal = readJournal(this.#store, this.#key);
    const around: Surroundings = {
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      random: options.random ?? Math.random,
    };
    const address = new URL("/api/v1/chat", this.server);
    address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
    this.#link = new Link(
      address.href,
      {
        opening: () => this.#opening(),
        frame: (frame) => this.#receive(frame),
        state: (state) => this.emit("state", state),
        closed: (code) => this.#closed(code),
      },
      around,
    );
    this.#channel?.addEventListener("message", ({ data }) => this.#forgottenElsewhere(data));
    (this.#channel as { unref?: () => void } | null)?.unref?.();
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Attempts to connect since a connection last held. */
  get attempts(): number {
    return this.#link.attempts;
  }

  /** The conversation, oldest first. */
  get entries(): readonly Entry[] {
    return this.#journal.entries;
  }

  /** What the server last said of itself, also in an earlier visit to the page. */
  get hello(): Hello | null {
    return this.#journal.hello;
  }

  /** Whether the server has still to be told to forget a session. */
  get hasToForget(): boolean {
    return this.#journal.forgetting.length > 0;
  }

  get hasWaiting(): boolean {
    return this.#journal.entries.some((entry) => !isSettled(entry));
  }

  /** Connects, and from then on keeps the connection. Also takes a session back that another window took over. */
  connect(): void {
    this.#link.connect();
  }

  /** Ends the connection. The conversation stays stored, and `connect` goes on with it. */
  close(): void {
    for (const hold of this.#holds.values()) clearTimeout(hold);
    this.#channel?.close();
    this.#link.close();
  }

  /** Asks now, or as soon as there is a connection. `asTyped` forbids the server to read it otherwise. */
  ask(text: string, { asTyped = false } = {}): Question {
    this.#asked += 1;
    const id = `${this.#prefix}-${this.#asked}`;
    const question: Question = {
      kind: "question",
      id,
      text,
      asTyped,
      progress: "waiting",
      refusals: 0,
      losses: 0,
    };
    this.#journal.entries.push(question);
    this.#changed(question);
    this.#flush();
    this.connect();
    return question;
  }

  /** Asks a failed or held question again, under the same id. */
  retry(id: string): void {
    const question = this.#question(id);
    if (!question || question.progress === "answered") return;
    this.#await(question);
    this.#flush();
    this.connect();
  }

  /** Stops a held question from being asked again by itself. */
  cancel(id: string): void {
    const question = this.#question(id);
    if (question?.progress === "held") this.#fail(question, "cancelled");
  }

  /** Says whether an answer helped. Gives back whether it could be sent. */
  feedback(id: string, helpful: boolean, reason?: FeedbackReason): boolean {
    const question = this.#question(id);
    if (question?.seq === undefined) return false;
    const frame: ClientFrame = { type: "feedback", answer: question.seq, helpful, ...(reason && { reason }) };
    if (!this.#link.send(frame)) return false;
    question.feedback = { helpful, ...(reason && { reason }) };
    this.#changed(question);
    return true;
  }

  /** Forgets the conversation here at once, and on the server now or with the next connection. */
  forget(): void {
    const { session, forgetting } = this.#journal;
    if (session) forgetting.push(session);
    this.#clear();
    if (session) this.#channel?.postMessage({ forgotten: session.id });
    if (session && this.state === "open") this.#sendForget();
    else this.connect();
  }

  #opening(): { start: "new" | "resume"; first?: ClientFrame } {
    const session = this.#journal.forgetting[0] ?? this.#journal.session;
    if (!session) return { start: "new" };
    const { id, token, seq } = session;
    return { start: "resume", first: { type: "resume", session: id, token, after: seq } };
  }

  #receive(frame: ServerFrame): void {
    if (this.#forgetSent !== null) return this.#receiveWhileForgetting(frame);
    if (frame.type === "hello") return this.#greet(frame);
    if ("seq" in frame && frame.seq !== undefined && !this.#count(frame.seq)) return;
    this.#take(frame);
    this.#save();
    if (this.#numbering.isCaughtUp) this.#flush();
  }

  /** Whether a numbered frame is to be taken in. */
  #count(seq: number): boolean {
    const verdict = this.#numbering.accept(seq);
    if (verdict === "gap") this.#link.drop();
    if (verdict === "new" && this.#journal.session) this.#journal.session.seq = seq;
    return verdict === "new";
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case "answer":
        return this.#answered(frame);
      case "error":
        return this.#refused(frame);
      case "status": {
        const question = this.#question(frame.in_reply_to);
        if (!question || isSettled(question)) return;
        question.progress = frame.state;
        return this.#changed(question);
      }
      case "message":
        return this.#add({ kind: "message", id: `m${frame.seq}`, text: frame.text });
      case "handoff":
        return this.#add({ kind: "handoff", id: `h${frame.seq}`, state: frame.state });
    }
  }

  #greet(hello: Hello): void {
    const { forgetting, session: before } = this.#journal;
    if (forgetting.length > 0) {
      if (hello.resumed) return this.#sendForget();
      this.#forgotten(forgetting[0]?.id);
      if (forgetting.length > 0 || before) return this.#link.drop();
    }
    this.#journal.hello = { ...hello, session: "", token: "" };
    this.#journal.session = { id: hello.session, token: hello.token || (before?.token ?? ""), seq: hello.seq };
    this.#numbering.begin(hello.seq, hello.last_seq ?? hello.seq);
    this.#save();
    this.emit("hello", hello);
    if (!hello.resumed && before) this.emit("renewed");
    if (this.#numbering.isCaughtUp) this.#flush();
  }

  #answered({ in_reply_to: id, seq, answer }: AnswerFrame): void {
    let question = this.#question(id);
    if (question?.progress === "answered") return;
    if (!question) {
      question = { kind: "question", id, text: null, asTyped: false, progress: "sent", refusals: 0, losses: 0 };
      this.#journal.entries.push(question);
    }
    this.#release(id);
    Object.assign(question, { progress: "answered", seq, answer });
    delete question.problem;
    this.#changed(question);
  }

  #refused({ in_reply_to: id, code, retry_after_ms: waitMs }: ErrorFrame): void {
    const question = id === undefined ? undefined : this.#question(id);
    if (!question || isSettled(question)) return;
    question.refusals += 1;
    if (waitMs === undefined || question.refusals > REFUSALS_ALLOWED) return this.#fail(question, code);
    Object.assign(question, { progress: "held", problem: code, retryAt: Date.now() + waitMs });
    this.#release(question.id);
    const hold = setTimeout(() => this.retry(question.id), waitMs);
    this.#holds.set(question.id, hold);
    this.#changed(question);
  }

  /** Sends what waits, in the order of asking, once everything that was missed has been replayed. */
  #flush(): void {
    if (this.state !== "open" || !this.#numbering.isCaughtUp || this.#forgetSent !== null || this.hasToForget) return;
    for (const entry of this.#journal.entries) {
      if (entry.kind !== "question" || entry.progress !== "waiting" || entry.text === null) continue;
      const { id, text: question, asTyped } = entry;
      const frame: ClientFrame = { type: "ask", id, question, ...(asTyped && { as_typed: true as const }) };
      if (!this.#link.send(frame)) return;
      entry.progress = "sent";
      this.#changed(entry);
    }
  }

  #closed(code: number): void {
    clearTimeout(this.#forgetTimer);
    const forgotten = code === CLOSE.normal ? this.#forgetSent : null;
    this.#forgetSent = null;
    if (forgotten !== null) this.#forgotten(forgotten);
    if (code === CLOSE.tooBig) this.#failOldestSent();
    const broken = this.#journal.entries.filter((entry) => entry.kind === "question").filter(isUnderway);
    // Answers come in order, so only the first can have been the cause.
    broken.forEach((question, at) => (at === 0 ? this.#lost(question) : this.#await(question)));
    this.#save();
    if (code === CLOSE.notAuthorised && this.#journal.session) {
      this.#journal.session = null;
      this.#link.readmit();
    }
    if (forgotten !== null) this.connect();
  }

  #lost(question: Question): void {
    question.losses += 1;
    if (question.losses >= LOSSES_ALLOWED) this.#fail(question, "unreachable");
    else this.#await(question);
  }

  #failOldestSent(): void {
    const oldest = this.#journal.entries.find((entry) => entry.kind === "question" && entry.progress === "sent");
    if (oldest?.kind === "question") this.#fail(oldest, "too_large");
  }

  #await(question: Question): void {
    this.#release(question.id);
    if (question.progress === "failed") Object.assign(question, { losses: 0, refusals: 0 });
    question.progress = "waiting";
    delete question.problem;
    delete question.retryAt;
    this.#changed(question);
  }

  #fail(question: Question, problem: string): void {
    this.#release(question.id);
    delete question.retryAt;
    Object.assign(question, { progress: "failed", problem });
    this.#changed(question);
  }

  #release(id: string): void {
    clearTimeout(this.#holds.get(id));
    this.#holds.delete(id);
  }

  #sendForget(): void {
    this.#forgetSent = this.#journal.forgetting[0]?.id ?? null;
    this.#link.send({ type: "forget" });
    this.#forgetTimer = setTimeout(() => this.#link.drop(), FORGET_WITHIN_MS);
  }

  /** A server that does not know `forget` keeps nothing beyond the connection. */
  #receiveWhileForgetting(frame: ServerFrame): void {
    const isDone = frame.type === "goodbye" && frame.reason === "forgotten";
    const isUnknown = frame.type === "error" && frame.in_reply_to === undefined;
    if (!isDone && !isUnknown) return;
    this.#forgotten(this.#forgetSent ?? undefined);
    if (isUnknown) this.#link.drop();
  }

  #forgotten(session: string | undefined): void {
    const { forgetting } = this.#journal;
    const at = forgetting.findIndex(({ id }) => id === session);
    if (at < 0) return;
    forgetting.splice(at, 1);
    this.#save();
    this.emit("forgotten");
  }

  #forgottenElsewhere(data: unknown): void {
    const id = typeof data === "object" && data !== null && "forgotten" in data ? data.forgotten : undefined;
    if (id !== undefined && id === this.#journal.session?.id) this.#clear();
  }

  #clear(): void {
    for (const hold of this.#holds.values()) clearTimeout(hold);
    this.#holds.clear();
    this.#journal.entries = [];
    this.#journal.session = null;
    this.#save();
    this.emit("cleared");
  }

  #question(id: string): Question | undefined {
    const found = this.#journal.entries.find((entry) => entry.id === id);
    return found?.kind === "question" ? found : undefined;
  }

  #add(entry: Entry): void {
    if (this.#journal.entries.some(({ id }) => id === entry.id)) return;
    this.#journal.entries.push(entry);
    this.#changed(entry);
  }

  #changed(entry: Entry): void {
    this.#save();
    this.emit("entry", entry);
  }

  #save(): void {
    writeJournal(this.#store, this.#key, this.#journal);
  }
}

const isUnderway = ({ progress }: Question): boolean => ["sent", "queued", "searching"].includes(progress);

function sessionStore(): Store | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

/** Ids stay unique when a window is duplicated with its session. */
function randomPrefix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
