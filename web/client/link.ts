/**
 * Keeps one WebSocket to the server alive: connects, pings, notices a link that is dead but not closed, and comes
 * back after a growing, jittered wait. It knows nothing of questions.
 */

import { backoffMs } from "./backoff.js";
import { CLOSE, type ClientFrame, parseFrame, type ServerFrame } from "./protocol.js";

/**
 * `idle` before the first connection and after `close`; `resting` until something is to be sent; `taken` when
 * another connection goes on with the session; `refused` when the server does not let this page in, and `expired`
 * when it no longer does but will once the page is loaded anew.
 */
export type LinkState = "idle" | "connecting" | "open" | "lost" | "resting" | "taken" | "refused" | "expired";

export interface LinkEvents {
  /** How to begin: the query of the address, and what to send first. */
  opening(): { start: "new" | "resume"; first?: ClientFrame };
  frame(frame: ServerFrame): void;
  state(state: LinkState): void;
  closed(code: number): void;
  /** Whether a connection that rests is to come back by itself. */
  isNeeded(): boolean;
}

export interface Surroundings {
  WebSocket: typeof WebSocket;
  random: () => number;
}

const PROTOCOL = "ibid.v1";
const HELLO_WITHIN_MS = 12_000;
const PROBE_WITHIN_MS = 5_000;
const STABLE_AFTER_MS = 5_000;
const QUIET_HEARTBEATS = 2;
const LONG_WAIT_ATTEMPT = 5;

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Link {
  state: LinkState = "idle";
  /** Attempts since a connection last held. */
  attempts = 0;
  /** Pings that this connection was given, and how many of them were answered: they are answered in order. */
  pings = 0;
  pongs = 0;
  #socket: WebSocket | null = null;
  #quiet = 0;
  #heartbeat: Timer;
  #deadline: Timer;
  #probe: Timer;
  #retry: Timer;
  #stopWatching: (() => void) | null = null;

  constructor(
    private readonly url: string,
    private readonly on: LinkEvents,
    private readonly around: Surroundings,
  ) {}

  /** Connects now, unless it is connected, on its way, or not let in. */
  connect(): void {
    this.#stopWatching ??= this.#watchThePage();
    if (this.#socket || this.state === "refused" || this.state === "expired") return;
    clearTimeout(this.#retry);
    this.#open();
  }

  /** Gives back whether the frame was handed to an open link. */
  send(frame: ClientFrame): boolean {
    if (this.state !== "open") return false;
    return this.#write(frame);
  }

  /** Asks for a sign of life now rather than at the next heartbeat. */
  probe(): void {
    if (this.state !== "open") return;
    this.#write({ type: "ping" });
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => this.drop(), PROBE_WITHIN_MS);
  }

  /** Gives up the connection without waiting for the other side, and connects again as after any loss. */
  drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(CLOSE.abnormal);
    socket.close();
  }

  /** Tries once more after a refusal, because what was refused has been given up. */
  readmit(): void {
    this.state = "lost";
    this.connect();
  }

  /** Says of a refusal that a page loaded anew will be let in. */
  expire(): void {
    this.#enter("expired");
  }

  /** Ends the connection until the next `connect`. */
  close(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    const socket = this.#socket;
    this.#rest();
    clearTimeout(this.#retry);
    socket?.close(CLOSE.normal);
    this.#enter("idle");
  }

  #open(): void {
    const { start, first } = this.on.opening();
    const socket = this.#create(`${this.url}?start=${start}`);
    if (!socket) return this.#closed(CLOSE.policy);
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.drop(), HELLO_WITHIN_MS);
    socket.addEventListener("open", () => {
      if (socket === this.#socket && first) this.#write(first);
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    });
    this.#enter(this.attempts === 0 ? "connecting" : "lost");
  }

  /** Null where the page may not open one at all, such as a page with HTTPS to a server without. */
  #create(address: string): WebSocket | null {
    try {
      return new this.around.WebSocket(address, PROTOCOL);
    } catch {
      return null;
    }
  }

  #write(frame: ClientFrame): boolean {
    if (this.#socket?.readyState !== 1) return false;
    if (frame.type === "ping") this.pings += 1;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #receive(data: unknown): void {
    this.#quiet = 0;
    clearTimeout(this.#probe);
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === "hello") this.#established(frame.heartbeat_secs);
    if (frame.type === "pong") this.pongs += 1;
    this.on.frame(frame);
  }

  #established(heartbeatSecs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => (this.attempts = 0), STABLE_AFTER_MS);
    clearInterval(this.#heartbeat);
    if (heartbeatSecs > 0) this.#heartbeat = setInterval(() => this.#beat(), heartbeatSecs * 1000);
    this.#enter("open");
  }

  /** Counts heartbeats rather than time, so that a laptop that slept gets one ping to prove itself. */
  #beat(): void {
    this.#quiet += 1;
    if (this.#quiet >= QUIET_HEARTBEATS) this.drop();
    else this.#write({ type: "ping" });
  }

  #rest(): void {
    for (const timer of [this.#deadline, this.#probe, this.#heartbeat]) clearTimeout(timer);
    this.#socket = null;
    this.#quiet = 0;
    this.pings = 0;
    this.pongs = 0;
  }

  #closed(code: number): void {
    this.#rest();
    const next = stateAfter(code);
    if (next === "lost") this.#retryLater(code);
    this.#enter(next);
    this.on.closed(code);
    if (!this.#isWantedBack) return;
    this.#retryLater(code);
    this.#enter("lost");
  }

  get #isWantedBack(): boolean {
    return this.state === "resting" && this.on.isNeeded();
  }

  #retryLater(code: number): void {
    if (code === CLOSE.tooMany) this.attempts = Math.max(this.attempts, LONG_WAIT_ATTEMPT);
    this.#retry = setTimeout(() => this.connect(), backoffMs(this.attempts, this.around.random()));
    this.attempts += 1;
  }

  #enter(state: LinkState): void {
    this.state = state;
    this.on.state(state);
  }

  /** A browser says when it goes offline, sleeps or shows the page again. Other programs have no such events. */
  #watchThePage(): () => void {
    if (typeof document === "undefined") return () => undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const back = () => (this.state === "lost" || this.#isWantedBack ? this.connect() : this.probe());
    const online = () => {
      // What was tried without a network says nothing of the service.
      this.attempts = 0;
      back();
    };
    addEventListener("online", online, { signal });
    addEventListener("offline", () => this.drop(), { signal });
    addEventListener("pagehide", () => this.drop(), { signal });
    addEventListener("pageshow", (event) => event.persisted && back(), { signal });
    const shown = () => document.visibilityState === "visible" && back();
    document.addEventListener("visibilitychange", shown, { signal });
    return () => controller.abort();
  }
}

function stateAfter(code: number): LinkState {
  switch (code) {
    case CLOSE.policy:
    case CLOSE.notAuthorised:
      return "refused";
    case CLOSE.normal:
    case CLOSE.idle:
      return "resting";
    case CLOSE.takenOver:
      return "taken";
    default:
      return "lost";
  }
}
