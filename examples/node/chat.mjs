#!/usr/bin/env node
/**
 * Asks an Ibid server over its WebSocket and goes on after a lost connection. Node 20 or later.
 *
 *   node chat.mjs http://127.0.0.1:7878 "How long does PRRT take to work?"
 *   node chat.mjs http://127.0.0.1:7878 < questions.txt
 *
 * A question is asked when the one before has its answer, so that follow-ups are read in order. IBID_API_KEY,
 * where it is set, is sent as an API key. Exit code: 0, or 1 where something was refused. The protocol:
 * docs/protocol.md.
 */

import { createInterface } from "node:readline";
import WebSocket from "ws";

/** @typedef {{id: string, text: string, asked: boolean}} Question `asked`: on this connection. */
/** @typedef {{type: string, seq?: number, in_reply_to?: string, [member: string]: any}} Frame */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const CROWDED_WAIT_MS = 60_000;
const OPENING_MS = 10_000;
const IDLE = 4408;
const CROWDED = 4429;
/** Where the operator has no words for it: quotes that may not answer are never shown without. */
const CAUTION = "These quotes may not answer the question.";
/** Close codes after which another connection would end the same way. */
const FINAL = new Map([
  [1002, "the server did not understand"],
  [1007, "the server did not understand"],
  [1008, "not allowed here"],
  [1009, "the question is too long"],
  [4401, "a key or token is needed"],
  [4409, "another connection goes on with this conversation"],
]);

/** What mends a refusal. */
const WHY = new Map([
  [401, ", a key is needed, or the one in IBID_API_KEY is not known"],
  [403, ", the key in IBID_API_KEY has not the scope chat"],
]);

class Chat {
  /** @type {Question[]} Still to be answered, the one that is being asked first. */
  #open = [];
  #isAllTyped = false;
  /** @type {{name: string, token: string, seq: number} | null} */
  #session = null;
  /** @type {WebSocket | null} */
  #socket = null;
  #lastSeq = Infinity; // Where the replay ends; Infinity before `hello`.
  #heartbeatMs = 25_000;
  #failures = 0;
  #atLeastMs = 0; // What the server asks to wait before the next connection.
  #notBefore = 0; // When the server may be asked again.
  #isResting = false; // No connection until there is a question.
  /** @type {NodeJS.Timeout | undefined} */
  #silence;
  /** @type {NodeJS.Timeout | undefined} */
  #pause;
  #isOver = false;

  /** @param {string} base @param {string | undefined} key */
  constructor(base, key) {
    this.base = base;
    this.headers = key ? { Authorization: `Bearer ${key}` } : {};
    this.#connect();
  }

  /** @param {Question} question */
  add(question) {
    this.#open.push(question);
    if (this.#isResting) this.#connect();
    this.#ask();
  }

  end() {
    this.#isAllTyped = true;
    this.#ask();
  }

  #connect() {
    if (this.#isOver) return;
    this.#isResting = false;
    this.#lastSeq = Infinity;
    this.#atLeastMs = 0;
    for (const question of this.#open) question.asked = false;
    const url = new URL(`/api/v1/chat?start=${this.#session ? "resume" : "new"}`, this.base);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, "ibid.v1", { headers: this.headers, handshakeTimeout: OPENING_MS });
    this.#socket = socket;
    let reason = "";
    socket.on("open", () => {
      if (this.#session) {
        const { name: session, token, seq: after } = this.#session;
        this.#send({ type: "resume", session, token, after });
      }
      this.#listen();
    });
    socket.on("message", (data) => {
      this.#listen();
      this.#take(JSON.parse(data.toString()));
    });
    socket.on("unexpected-response", (_, response) => {
      const status = response.statusCode ?? 0;
      if (status < 500 && status !== 429) return this.#giveUp(`refused: ${status}${WHY.get(status) ?? ""}`);
      this.#atLeastMs = waitMs(response.headers["retry-after"]);
      reason = `status ${status}`;
      socket.terminate();
    });
    socket.on("error", (error) => (reason ||= error.message));
    socket.on("close", (code) => this.#lost(code, reason || `closed with ${code}`));
  }

  /** @param {number} code @param {string} reason */
  #lost(code, reason) {
    clearTimeout(this.#silence);
    clearTimeout(this.#pause);
    if (this.#isOver) return;
    const final = FINAL.get(code);
    if (final) return this.#giveUp(final);
    if (code === IDLE && this.#open.length === 0) {
      this.#isResting = true;
      return this.#ask();
    }
    if (code === CROWDED) this.#atLeastMs = CROWDED_WAIT_MS;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    const wait = this.#atLeastMs + (longest * (1 + Math.random())) / 2;
    console.error(`no connection (${reason}), next try in ${(wait / 1000).toFixed(1)} s`);
    setTimeout(() => this.#connect(), wait);
  }

  /** After two heartbeats of silence the server is asked for a sign of life; without one the connection is dead. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#send({ type: "ping" });
      this.#silence = setTimeout(() => this.#socket?.terminate(), this.#heartbeatMs);
    }, 2 * this.#heartbeatMs);
  }

  /** @param {Frame} frame */
  #take(frame) {
    if (frame.type === "hello") return this.#greeted(frame);
    if (frame.seq !== undefined && this.#session) {
      if (frame.seq !== this.#session.seq + 1) return this.#socket?.terminate();
      this.#session.seq = frame.seq;
    }
    const isReplay = (frame.seq ?? 0) <= this.#lastSeq;
    const question = this.#open[0]?.id === frame.in_reply_to ? this.#open[0] : undefined;
    if (frame.type === "answer" && question) {
      this.#open.shift();
      this.#failures = 0;
      show(question.text, frame.answer, this.base);
    } else if (frame.type === "error" && question && frame.retry_after_ms !== undefined) {
      this.#notBefore = Date.now() + frame.retry_after_ms;
      question.asked = false;
    } else if (frame.type === "error" && question) {
      this.#open.shift();
      process.exitCode = 1;
      console.log(`\n> ${question.text}\n${frame.code}: ${frame.detail}`);
    } else if (frame.type === "error" && frame.in_reply_to === undefined) {
      return this.#giveUp(`${frame.code}: ${frame.detail}`);
    } else if (frame.type === "message") {
      console.log(`\n${frame.author}: ${frame.text}`);
    } else if (frame.type === "goodbye" && !isReplay && !frame.resume) {
      this.#session = null;
    } // A client passes over what it does not know.
    this.#ask();
  }

  /** @param {Frame} hello */
  #greeted(hello) {
    if (!this.#session) console.log(hello.greeting);
    else if (!hello.resumed) console.log("(The server does not know the conversation any more. A new one begins.)");
    this.#heartbeatMs = 1000 * hello.heartbeat_secs;
    this.#session = { name: hello.session, token: hello.token, seq: hello.seq ?? 1 };
    this.#lastSeq = hello.last_seq;
    this.#listen();
    this.#ask();
  }

  /** Asks the first question, unless it is asked already; but not before all that was missed is there. */
  #ask() {
    const [question] = this.#open;
    if (!question && this.#isAllTyped) return this.#close();
    if (!question || question.asked || !this.#session || this.#session.seq < this.#lastSeq) return;
    question.asked = true;
    const ask = { type: "ask", id: question.id, question: question.text };
    this.#pause = setTimeout(() => this.#send(ask), this.#notBefore - Date.now());
  }

  /** @param {Frame} frame */
  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #close() {
    this.#isOver = true;
    this.#socket?.close();
  }

  /** @param {string} reason */
  #giveUp(reason) {
    console.error(`given up: ${reason}`);
    process.exit(1);
  }
}

/** @param {string | undefined} retryAfter Seconds; a date, which it may be too, counts as no wait. */
function waitMs(retryAfter = "") {
  return /^\d{1,6}$/.test(retryAfter) ? 1000 * Number(retryAfter) : 0;
}

/** @param {string} question @param {Record<string, any>} answer @param {string} base */
function show(question, answer, base) {
  const absolute = (/** @type {string} */ link) => new URL(link, base).href;
  const { notice, citations, message, outcome } = answer;
  const lines = [`\n> ${question}`];
  if (answer.read_as) lines.push(`Read as: ${answer.read_as}`);
  if (notice) lines.push(`${notice.title}: ${notice.text}`);
  for (const { label, href } of notice?.actions ?? []) lines.push(`  ${label}: ${href}`);
  if (message) lines.push(message);
  else if (outcome === "low_confidence") lines.push(CAUTION);
  else if (!notice && citations.length === 0) lines.push(outcome);
  for (const { quote, lead_in, reference } of citations) {
    const at = reference.page ? `page ${reference.page}` : `line ${reference.lines[0]}`;
    const place = [reference.title, ...reference.section, at].join(", ");
    if (lead_in) lines.push(lead_in);
    lines.push(`“${quote}”`, `  ${place}`, `  ${absolute(reference.link)}`);
  }
  for (const { title, section, link } of answer.nearest ?? []) {
    lines.push(`See also ${[title, ...section].join(", ")}: ${absolute(link)}`);
  }
  console.log(lines.join("\n"));
}

const [base, ...questions] = process.argv.slice(2);
if (!base) {
  console.error("node chat.mjs URL [QUESTION ...]; without questions they are read from standard input");
  process.exit(2);
}
const chat = new Chat(base, process.env.IBID_API_KEY);
const lines = questions.length > 0 ? questions : createInterface({ input: process.stdin });
let asked = 0;
for await (const line of lines) {
  if (line.trim()) chat.add({ id: `q${++asked}`, text: line.trim(), asked: false });
}
chat.end();
