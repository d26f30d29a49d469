/**
 * Keeps one WebSocket to the server alive: connects, pings, notices a link that
 * is dead but not closed, and comes back after a growing, jittered wait. It
 * knows nothing of questions; what must survive a loss is in the outbox.
 */

/**
 * @typedef {import("./protocol.js").ServerFrame} ServerFrame
 * @typedef {import("./protocol.js").ClientFrame} ClientFrame
 * @typedef {"connecting" | "open" | "lost" | "paused" | "refused"} LinkState
 */

const PROTOCOL = "ibid.v1";
const HELLO_WITHIN_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const STABLE_AFTER_MS = 5_000;
const HEARTBEATS_WITHOUT_FRAME = 2;

const CLOSE_POLICY = 1008;
const CLOSE_NOT_AUTHORISED = 4401;
const CLOSE_IDLE = 4408;
const CLOSE_TAKEN_OVER = 4409;
const CLOSE_TOO_MANY = 4429;

/**
 * The wait before the given attempt: doubles up to a bound; half of it is random,
 * so that the pages of a restarted server do not all return at once.
 * @param {number} attempt from 0
 * @param {number} random in [0, 1)
 */
export function backoffMs(attempt, random) {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return longest / 2 + (longest / 2) * random;
}

export class Connection {
  /** @type {LinkState} */
  state = "connecting";
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #quietHeartbeats = 0;
  /** @type {number | undefined} */
  #heartbeat;
  /** @type {number | undefined} */
  #deadline;
  /** @type {number | undefined} */
  #retry;

  /**
   * @param {string} url
   * @param {{state: (state: LinkState) => void, frame: (frame: ServerFrame) => void, dropped: (code: number) => void}} on
   */
  constructor(url, on) {
    this.url = url;
    this.on = on;
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.#drop());
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.state === "lost") this.wake();
    });
  }

  /** Connects now, unless it is connected, on its way, or not allowed to. */
  wake() {
    if (this.#socket || this.state === "refused") return;
    clearTimeout(this.#retry);
    this.#open();
  }

  /**
   * @param {ClientFrame} frame
   * @returns {boolean} whether the frame was handed to an open link
   */
  send(frame) {
    if (this.state !== "open" || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #open() {
    const socket = new WebSocket(this.url, PROTOCOL);
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#drop(), HELLO_WITHIN_MS);
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    });
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#quietHeartbeats = 0;
    const frame = parse(data);
    if (!frame) return;
    if (frame.type === "hello") this.#established(frame.heartbeat_secs);
    this.on.frame(frame);
  }

  /** @param {number} heartbeatSecs */
  #established(heartbeatSecs) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => (this.#attempt = 0), STABLE_AFTER_MS);
    clearInterval(this.#heartbeat);
    if (heartbeatSecs > 0) this.#heartbeat = setInterval(() => this.#beat(), heartbeatSecs * 1000);
    this.#enter("open");
  }

  /** Counts heartbeats rather than time, so that a laptop that slept gets one ping to prove itself. */
  #beat() {
    this.#quietHeartbeats += 1;
    if (this.#quietHeartbeats >= HEARTBEATS_WITHOUT_FRAME) this.#drop();
    else this.send({ type: "ping" });
  }

  /** Gives up a link without waiting for the other side to agree. */
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(1006);
    socket.close();
  }

  /** @param {number} code */
  #closed(code) {
    clearTimeout(this.#deadline);
    clearInterval(this.#heartbeat);
    this.#socket = null;
    this.#quietHeartbeats = 0;
    const next = stateAfter(code);
    if (next === "lost") this.#retryLater(code);
    this.#enter(next);
    this.on.dropped(code);
  }

  /** @param {number} code */
  #retryLater(code) {
    if (code === CLOSE_TOO_MANY) this.#attempt = Math.max(this.#attempt, 5);
    this.#retry = setTimeout(() => this.wake(), backoffMs(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  /** @param {LinkState} state */
  #enter(state) {
    this.state = state;
    this.on.state(state);
  }
}

/**
 * @param {number} code
 * @returns {LinkState}
 */
function stateAfter(code) {
  if (code === CLOSE_POLICY || code === CLOSE_NOT_AUTHORISED) return "refused";
  if (code === CLOSE_IDLE || code === CLOSE_TAKEN_OVER) return "paused";
  return "lost";
}

/**
 * @param {unknown} data
 * @returns {ServerFrame | null}
 */
function parse(data) {
  if (typeof data !== "string") return null;
  try {
    const frame = JSON.parse(data);
    return frame && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
