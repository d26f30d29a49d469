/**
 * A conversation with an Ibid server that survives lost connections, reloads and restarts. Every question is kept
 * until it has its answer, is asked under one id however often it must be sent, and no answer is taken in twice.
 * Judgements and the wish for a person are kept until they are sent.
 */

import { isShown, openChannel, sessionStore } from "./browser.js";
import { Emitter } from "./emitter.js";
import { type Entry, isSettled, type Question } from "./entry.js";
import { type Journal, readJournal, type Store, type Unsent, writeJournal } from "./journal.js";
import { Link, type LinkState, type Surroundings } from "./link.js";
import { Numbering } from "./numbering.js";
import { Outbox } from "./outbox.js";
import { CLOSE, type ClientFrame, type FeedbackReason, type Hello, type ServerFrame } from "./protocol.js";

export interface ClientOptions {
  /** Where the conversation is kept; null keeps it in memory. Session storage if left out and there is one. */
  storage?: Store | null;
  /** A session made for this page by the site's server, where the Ibid server lets nobody begin one without. */
  visitor?: { session: string; token: string } | null;
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
  /** Nobody can be asked for at the moment. */
  handoffRefused: [];
  /** The entries are gone. */
  cleared: [];
  /** The server has forgotten what it was told to forget. */
  forgotten: [];
};

const FORGET_WITHIN_MS = 4_000;

export class IbidClient extends Emitter<ClientEvents> {
  readonly server: URL;
  readonly #key: string;
  readonly #store: Store | null;
  readonly #journal: Journal;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #numbering = new Numbering();
  #visitor: ClientOptions["visitor"];
  /** Whether a page loaded anew comes with a session of its own. */
  readonly #isRenewable: boolean;
  #channel = openChannel();
  #wishesPerson = false;
  #forgetTimer: ReturnType<typeof setTimeout> | undefined;
  /** Id of the session that the server was just told to forget. */
  #forgetSent: string | null = null;

  /** `server` is the address of the server, such as `https://ask.example.org`. Nothing is sent before `connect`. */
  constructor(server: string | URL, options: ClientOptions = {}) {
    super();
    this.server = new URL(server);
    this.#key = `ibid:${this.server.origin}`;
    this.#visitor = options.visitor ?? null;
    this.#isRenewable = this.#visitor !== null;
    this.#store = options.storage === undefined ? sessionStore() : options.storage;
    this.#journal = readJournal(this.#store, this.#key);
    this.#outbox = new Outbox(() => this.#journal.entries, {
      changed: (question) => this.#changed(question),
      due: (id) => this.retry(id),
    });
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
        isNeeded: () => this.#hasToSend || (this.hasPerson && isShown()),
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

  /** Whether a person has been asked for or has the conversation. */
  get hasPerson(): boolean {
    const last = this.entries.filter((entry) => entry.kind === "handoff").at(-1);
    return last !== undefined && last.session === this.#sessionId && last.state !== "closed";
  }

  /** Whether there is something to send, or a person to hear from. */
  get needsConnection(): boolean {
    return this.#hasToSend || this.hasPerson;
  }

  get #hasToSend(): boolean {
    return this.hasWaiting || this.hasToForget || this.#journal.unsent.length > 0;
  }

  /** Connects, and from then on keeps the connection. Also takes a session back that another window took over. */
  connect(): void {
    this.#link.connect();
  }

  /** Ends the connection. The conversation stays stored, and `connect` goes on with it. */
  close(): void {
    this.#outbox.stop();
    this.#channel?.close();
    this.#channel = null;
    this.#link.close();
  }

  /** Asks now, or as soon as there is a connection. `asTyped` forbids the server to read it otherwise. */
  ask(text: string, { asTyped = false } = {}): Question {
    const question = this.#outbox.add(text, asTyped);
    this.#changed(question);
    this.#flush();
    this.connect();
    return question;
  }

  /** Asks a failed or held question again, under the same id. */
  retry(id: string): void {
    const question = this.#outbox.find(id);
    if (!question || question.progress === "answered") return;
    this.#outbox.await(question);
    this.#flush();
    this.connect();
  }

  /** Stops a held question from being asked again by itself. */
  cancel(id: string): void {
    const question = this.#outbox.find(id);
    if (question?.progress === "held") this.#outbox.fail(question, "cancelled");
  }

  /** Says whether an answer helped, now or with the next connection; false for an answer of an earlier session. */
  feedback(id: string, helpful: boolean, reason?: FeedbackReason): boolean {
    const question = this.#outbox.find(id);
    if (question?.seq === undefined || question.session !== this.#sessionId) return false;
    question.feedback = { helpful, ...(reason && { reason }) };
    this.#changed(question);
    this.#sendOrKeep({ type: "feedback", answer: question.seq, ...question.feedback });
    return true;
  }

  /**
   * Asks for a person, with a note for them if there is one. Gives back whether it was sent at once; if not, it is
   * with the next connection.
   */
  handoff(note?: string): boolean {
    this.#journal.unsent = this.#journal.unsent.filter(({ type }) => type !== "handoff");
    this.#wishesPerson = true;
    return this.#sendOrKeep({ type: "handoff", ...(note && { note }) });
  }

  /** Forgets the conversation here at once, and on the server now or with the next connection. */
  forget(): void {
    const { session, forgetting } = this.#journal;
    if (session) forgetting.push(session);
    if (session?.id === this.#visitor?.session) this.#visitor = null;
    this.#clear();
    if (session) this.#channel?.postMessage({ forgotten: session.id });
    if (session && this.state === "open") this.#sendForget();
    else this.connect();
  }

  #opening(): { start: "new" | "resume"; first?: ClientFrame } {
    const session = this.#journal.forgetting[0] ?? this.#journal.session;
    if (session) {
      const { id, token, seq } = session;
      return { start: "resume", first: { type: "resume", session: id, token, after: seq } };
    }
    if (!this.#visitor) return { start: "new" };
    return { start: "resume", first: { type: "resume", ...this.#visitor, after: 0 } };
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
        return this.#outbox.answered(frame, this.#sessionId);
      case "error":
        // Only a wish for a person is refused without saying which frame it was.
        if (frame.in_reply_to === undefined && this.#wishesPerson) this.emit("handoffRefused");
        this.#wishesPerson &&= frame.in_reply_to !== undefined;
        return this.#outbox.refused(frame);
      case "status": {
        const question = this.#outbox.find(frame.in_reply_to);
        if (!question || isSettled(question)) return;
        question.progress = frame.state;
        return this.#changed(question);
      }
      case "message":
        return this.#add({ kind: "message", id: this.#entryId(frame.seq), text: frame.text });
      case "handoff": {
        const { seq, state } = frame;
        this.#wishesPerson = false;
        return this.#add({ kind: "handoff", id: this.#entryId(seq), state, session: this.#sessionId });
      }
    }
  }

  get #sessionId(): string {
    return this.#journal.session?.id ?? "";
  }

  /** Numbers begin anew with each session. */
  #entryId(seq: number): string {
    return `${this.#sessionId}-${seq}`;
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
    if (!hello.resumed) this.#journal.unsent = this.#journal.unsent.filter(({ type }) => type !== "feedback");
    this.#numbering.begin(hello.seq, hello.last_seq ?? hello.seq);
    this.#save();
    this.emit("hello", hello);
    if (!hello.resumed && before) this.emit("renewed");
    if (this.#numbering.isCaughtUp) this.#flush();
  }

  /** Sends what waits once everything that was missed has been replayed. */
  #flush(): void {
    const isReady = this.state === "open" && this.#numbering.isCaughtUp;
    if (!isReady || this.#forgetSent !== null || this.hasToForget) return;
    this.#outbox.flush((frame) => this.#send(frame));
    const { unsent } = this.#journal;
    if (unsent.length === 0) return;
    while (unsent[0] && this.#send(unsent[0])) unsent.shift();
    this.#save();
  }

  /** Sends, and has a dead line noticed soon. */
  #send(frame: ClientFrame): boolean {
    const isSent = this.#link.send(frame);
    if (isSent) this.#link.probe();
    return isSent;
  }

  /** Gives back whether it was sent at once. */
  #sendOrKeep(frame: Unsent): boolean {
    this.#journal.unsent.push(frame);
    this.#save();
    this.#flush();
    this.connect();
    return !this.#journal.unsent.includes(frame);
  }

  #closed(code: number): void {
    clearTimeout(this.#forgetTimer);
    const forgotten = code === CLOSE.normal ? this.#forgetSent : null;
    this.#forgetSent = null;
    if (forgotten !== null) this.#forgotten(forgotten);
    if (code === CLOSE.tooBig) this.#outbox.tooLarge();
    this.#outbox.connectionLost();
    this.#save();
    if (code === CLOSE.notAuthorised) this.#notAuthorised();
    if (forgotten !== null) this.connect();
  }

  /** The server does not know the session that was named: it is given up, and the next way in is tried. */
  #notAuthorised(): void {
    const { forgetting, session } = this.#journal;
    if (forgetting[0]) this.#forgotten(forgetting[0].id);
    else if (session) this.#journal.session = null;
    else if (this.#isRenewable) return this.#link.expire();
    else return;
    this.#link.readmit();
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
    this.#outbox.stop();
    this.#journal.entries = [];
    this.#journal.unsent = [];
    this.#journal.session = null;
    this.#save();
    this.emit("cleared");
  }

  #add(entry: Entry): void {
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
