/**
 * A conversation with an Ibid server that survives lost connections, reloads and restarts. Every question is kept
 * until it has its answer, is asked under one id however often it must be sent, and no answer is taken in twice.
 * Judgements and the wish for a person are kept until the server has taken them.
 */

import { isShown, openChannel, sessionStore, socketOfHere } from "./browser.js";
import { Emitter } from "./emitter.js";
import { type Entry, isSettled, openHandoff, type Question } from "./entry.js";
import { type Journal, readJournal, type Store, type Unsent, writeJournal } from "./journal.js";
import { Link, type LinkState, type Surroundings } from "./link.js";
import { Numbering } from "./numbering.js";
import type { ClientEvents, ClientOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import { Pending } from "./pending.js";
import {
  CLOSE,
  type ClientFrame,
  type ErrorFrame,
  type FeedbackReason,
  type Hello,
  type ServerFrame,
} from "./protocol.js";

const FORGET_WITHIN_MS = 4_000;

export class IbidClient extends Emitter<ClientEvents> {
  readonly server: URL;
  readonly #key: string;
  readonly #store: Store | null;
  readonly #journal: Journal;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #pending: Pending;
  readonly #numbering = new Numbering();
  #visitor: ClientOptions["visitor"];
  /** Whether a page loaded anew comes with a session of its own. */
  readonly #isRenewable: boolean;
  #channel: BroadcastChannel | null = null;
  /** The session that the server did not take, until there is another. */
  #givenUp: string | null = null;
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
    this.#pending = new Pending(this.#journal);
    const around: Surroundings = {
      WebSocket: options.WebSocket ?? socketOfHere(),
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
    this.#listenToOthers();
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
    return openHandoff(this.entries)?.session === this.#sessionId;
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
    this.#listenToOthers();
    this.#link.connect();
  }

  /** Ends the connection. The conversation stays stored, and `connect` goes on with it. */
  close(): void {
    this.#channel?.close();
    this.#channel = null;
    this.#link.close();
    this.#outbox.connectionEnded();
    this.#pending.connectionLost();
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
        if (isOfNoQuestion(frame) && this.#pending.personRefused()) this.emit("handoffRefused");
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
        // A wish is never answered with `closed`: that is of an earlier person.
        if (state !== "closed") this.#pending.personAsked();
        return this.#add({ kind: "handoff", id: this.#entryId(seq), state, session: this.#sessionId });
      }
      case "pong":
        return this.#pending.answered(this.#link.pongs);
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
    const known = before?.id ?? this.#givenUp;
    const isOther = known !== null && (!hello.resumed || known !== hello.session);
    this.#givenUp = null;
    this.#journal.hello = { ...hello, session: "", token: "" };
    this.#journal.session = { id: hello.session, token: hello.token || (before?.token ?? ""), seq: hello.seq };
    if (isOther) this.#pending.sessionLost();
    this.#numbering.begin(hello.seq, hello.last_seq ?? hello.seq);
    this.#save();
    this.emit("hello", hello);
    if (isOther) this.emit("renewed");
    this.#tellOfLostPerson();
    if (this.#numbering.isCaughtUp) this.#flush();
  }

  /** Whoever was asked for knows only the session that is gone. */
  #tellOfLostPerson(): void {
    const open = openHandoff(this.entries);
    if (!open || open.session === this.#sessionId) return;
    this.#add({ ...open, id: `${open.id}-lost`, state: "lost" });
  }

  /** Sends what waits once everything that was missed has been replayed. */
  #flush(): void {
    const isReady = this.state === "open" && this.#numbering.isCaughtUp;
    if (!isReady || this.#forgetSent !== null || this.hasToForget) return;
    this.#outbox.flush((frame) => this.#send(frame));
    this.#pending.flush(
      (frame) => this.#send(frame),
      () => this.#link.pings,
    );
  }

  /** Sends, and has a dead line noticed soon. */
  #send(frame: ClientFrame): boolean {
    const isSent = this.#link.send(frame);
    if (isSent) this.#link.probe();
    return isSent;
  }

  /** Gives back whether it was sent at once. */
  #sendOrKeep(frame: Unsent): boolean {
    this.#pending.keep(frame);
    this.#save();
    this.#flush();
    this.connect();
    return this.#pending.isSent(frame);
  }

  #closed(code: number): void {
    clearTimeout(this.#forgetTimer);
    const forgotten = code === CLOSE.normal ? this.#forgetSent : null;
    this.#forgetSent = null;
    if (forgotten !== null) this.#forgotten(forgotten);
    if (code === CLOSE.tooBig) this.#tooLarge();
    this.#outbox.connectionLost();
    this.#pending.connectionLost();
    this.#save();
    if (code === CLOSE.notAuthorised) this.#notAuthorised();
    if (forgotten !== null) this.connect();
  }

  /** A note to a person may have been too large, where no question was. */
  #tooLarge(): void {
    if (!this.#outbox.tooLarge() && this.#pending.personRefused()) this.emit("handoffRefused");
  }

  /** The server does not know the session that was named: it is given up, and the next way in is tried. */
  #notAuthorised(): void {
    const { forgetting, session } = this.#journal;
    if (forgetting[0]) this.#forgotten(forgetting[0].id);
    else if (session) this.#giveUp(session.id);
    else if (this.#isRenewable) return this.#link.expire();
    else return;
    this.#link.readmit();
  }

  #giveUp(session: string): void {
    this.#givenUp = session;
    this.#journal.session = null;
    this.#pending.sessionLost();
    this.#save();
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

  /** Other windows of the same site tell what they forget. */
  #listenToOthers(): void {
    if (this.#channel) return;
    this.#channel = openChannel();
    this.#channel?.addEventListener("message", ({ data }) => this.#forgottenElsewhere(data));
    (this.#channel as { unref?: () => void } | null)?.unref?.();
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
    this.#givenUp = null;
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

/** A refusal names its question; those of a wish for a person, and of a judgement, name nothing. */
const isOfNoQuestion = ({ in_reply_to: id, code }: ErrorFrame): boolean =>
  id === undefined && code !== "unknown_answer";
