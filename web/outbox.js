/**
 * Holds every question until it has its answer. A question that was typed
 * without a connection, or whose connection broke, goes out with the next one,
 * in the order of asking and under the same id.
 */

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {import("./turn.js").Turn} Turn
 * @typedef {{id: string, question: string, turn: Turn, sent: boolean, losses: number, refusals: number}} Ask
 */

const LOSSES_ALLOWED = 3;

export class Outbox {
  /** @type {Map<string, Ask>} */
  #asks = new Map();
  #lastId = 0;

  /** @param {Connection} connection */
  constructor(connection) {
    this.connection = connection;
  }

  get isEmpty() {
    return this.#asks.size === 0;
  }

  /**
   * @param {string} question
   * @param {Turn} turn
   * @param {number} [refusals] how often the server refused it before
   */
  ask(question, turn, refusals = 0) {
    this.#lastId += 1;
    const ask = { id: `c${this.#lastId}`, question, turn, sent: false, losses: 0, refusals };
    this.#asks.set(ask.id, ask);
    this.#send(ask);
  }

  /** Sends what waits; called when a connection is ready. */
  flush() {
    for (const ask of this.#asks.values()) {
      if (!ask.sent) this.#send(ask);
    }
  }

  /**
   * Marks what was on its way as unsent. A question that saw several
   * connections break may be their cause, and is given up.
   */
  connectionLost() {
    for (const ask of this.#asks.values()) {
      if (ask.sent) ask.losses += 1;
      ask.sent = false;
      if (ask.losses >= LOSSES_ALLOWED) this.#giveUp(ask);
      else ask.turn.waitForConnection();
    }
  }

  /**
   * Removes a question, because it has its answer or its error.
   * @param {string} id
   */
  take(id) {
    const ask = this.#asks.get(id);
    this.#asks.delete(id);
    return ask;
  }

  /** @param {string} id */
  get(id) {
    return this.#asks.get(id);
  }

  /** The question sent first among those on their way. */
  get oldestSent() {
    return [...this.#asks.values()].find((ask) => ask.sent);
  }

  /** @param {Ask} ask */
  #send(ask) {
    const { id, question } = ask;
    ask.sent = this.connection.send({ type: "ask", id, question });
    if (ask.sent) ask.turn.waitForAnswer();
    else ask.turn.waitForConnection();
  }

  /** @param {Ask} ask */
  #giveUp(ask) {
    this.#asks.delete(ask.id);
    ask.turn.showUnreachable(() => this.ask(ask.question, ask.turn));
  }
}
