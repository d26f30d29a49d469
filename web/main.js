/**
 * The chat page: ties the connection, the outbox, the transcript and the
 * question box together.
 */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Outbox } from "./outbox.js";
import { Transcript } from "./transcript.js";
import { words } from "./words.js";

/**
 * @typedef {import("./protocol.js").ServerFrame} ServerFrame
 * @typedef {import("./protocol.js").ErrorFrame} ErrorFrame
 * @typedef {import("./protocol.js").Hello} Hello
 * @typedef {import("./connection.js").LinkState} LinkState
 */

const AUTOMATIC_RESENDS = 3;
const CLOSE_TOO_BIG = 1009;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return element;
}

const linkText = byId("link-text", HTMLElement);
const linkRetry = byId("link-retry", HTMLButtonElement);
const transcript = new Transcript(byId("transcript", HTMLElement), byId("announcer", HTMLElement));
const composer = new Composer(
  {
    form: byId("composer", HTMLFormElement),
    input: byId("question", HTMLTextAreaElement),
    counter: byId("counter", HTMLElement),
    error: byId("composer-error", HTMLElement),
  },
  ask,
);
const connection = new Connection(chatAddress(), { state: showLink, frame: receive, dropped });
const outbox = new Outbox(connection);
const actions = {
  ask,
  edit: (/** @type {string} */ question) => composer.edit(question),
  announce: (/** @type {string} */ text) => transcript.announce(text),
};
let answersInSession = 0;

linkRetry.addEventListener("click", () => connection.wake());
keepFocusAboveDock();
showLink(connection.state);
connection.wake();

function chatAddress() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/api/v1/chat`;
}

/** @param {string} question */
function ask(question) {
  const turn = transcript.addTurn(question, actions);
  outbox.ask(question, turn);
  connection.wake();
  showLink(connection.state);
  transcript.follow(turn);
}

/** @param {ServerFrame} frame */
function receive(frame) {
  switch (frame.type) {
    case "hello":
      return greet(frame);
    case "status":
      return outbox.get(frame.in_reply_to)?.turn.showStatus(frame.state);
    case "answer": {
      const asked = outbox.take(frame.in_reply_to);
      answersInSession += 1;
      return asked && transcript.answer(asked.turn, frame.answer);
    }
    case "message":
      return transcript.addAgentMessage(frame.text);
    case "handoff":
      return transcript.addNote(words.handoff[frame.state]);
    case "error":
      return refuse(frame);
  }
}

/** @param {Hello} hello */
function greet(hello) {
  if (hello.title) {
    byId("title", HTMLElement).textContent = hello.title;
    document.title = hello.title;
  }
  composer.limitTo(hello.limits?.question_chars);
  transcript.welcome(hello, ask);
  if (answersInSession > 0) transcript.addNote(words.startedAnew);
  answersInSession = 0;
  outbox.flush();
}

/** @param {ErrorFrame} frame */
function refuse({ code, in_reply_to: id, retry_after_ms: waitMs }) {
  const asked = id === undefined ? undefined : outbox.take(id);
  if (!asked) return;
  const { turn, question, refusals } = asked;
  const resend = () => outbox.ask(question, turn, refusals + 1);
  if (/long|large|big/.test(code)) return turn.showTooLong();
  const problem = problemWords(code);
  if (waitMs !== undefined && refusals < AUTOMATIC_RESENDS) turn.showCountdown(problem, waitMs, resend);
  else turn.showFailure(problem, resend);
}

/** @param {string} code */
function problemWords(code) {
  if (/many|rate|limit/.test(code)) return words.tooMany;
  return /busy|overload|unavailable/.test(code) ? words.busy : words.failed;
}

/** @param {number} code */
function dropped(code) {
  if (code === CLOSE_TOO_BIG) {
    const asked = outbox.oldestSent;
    if (asked) outbox.take(asked.id)?.turn.showTooLong();
  }
  outbox.connectionLost();
  showLink(connection.state);
}

/** @param {LinkState} state */
function showLink(state) {
  const text = linkWords(state);
  if (linkText.textContent !== text) linkText.textContent = text;
  const pressed = document.activeElement === linkRetry;
  linkRetry.hidden = state !== "lost";
  if (pressed && linkRetry.hidden) byId("question", HTMLElement).focus();
  document.documentElement.dataset.link = state;
}

/** @param {LinkState} state */
function linkWords(state) {
  if (state === "open") return "";
  if (state === "lost") return outbox.isEmpty ? words.lost : words.lostWithQuestion;
  return words[state];
}

/** Tells the style sheet how much of the page's foot the dock covers, so that focus never hides behind it. */
function keepFocusAboveDock() {
  const dock = document.querySelector(".dock");
  if (!dock) return;
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--dock-height", `${dock.getBoundingClientRect().height}px`);
  }).observe(dock);
}
