/**
 * An answer as elements, and as the few words that a screen reader says about it.
 */

import { renderCitation } from "./citation.js";
import { button, contactAddress, el } from "./dom.js";
import { place } from "./text.js";
import { notFoundWords, words } from "./words.js";

/**
 * @typedef {import("./protocol.js").Answer} Answer
 * @typedef {import("./protocol.js").Notice} Notice
 */

const ANNOUNCED_WORDS = 60;

/**
 * @param {Answer} answer
 * @param {{ask: (question: string) => void, announce: (text: string) => void}} act
 * @returns {Node[]}
 */
export function renderAnswer(answer, act) {
  return [
    answer.notice ? renderNotice(answer.notice) : null,
    readAs(answer),
    message(answer),
    quotes(answer, act.announce),
    related(answer.related ?? [], act.ask),
  ].filter((part) => part !== null);
}

/** @param {Notice} notice */
function renderNotice({ kind, title, text, actions }) {
  const links = (actions ?? []).map(({ label, href }) => {
    const address = contactAddress(href);
    return el("li", {}, address ? el("a", { class: "action", href: address }, label) : label);
  });
  return el(
    "section",
    { class: kind === "crisis" ? "notice crisis" : "notice", role: "alert", "aria-label": title },
    el("h3", {}, title),
    el("p", {}, text),
    links.length > 0 ? el("ul", { class: "actions" }, ...links) : null,
  );
}

/** @param {Answer} answer */
function readAs({ read_as: question, corrections }) {
  if (question) return el("p", { class: "read-as" }, words.readAs(question));
  if (!corrections || corrections.length === 0) return null;
  const changes = corrections.map(({ from, to }) => words.corrected(from, to));
  return el("p", { class: "read-as" }, changes.join("; "));
}

/** @param {Answer} answer */
function messageText({ message: text, outcome, reason }) {
  return text || (outcome === "not_found" ? notFoundWords(reason) : null);
}

/** @param {Answer} answer */
function message(answer) {
  const text = messageText(answer);
  return text ? el("p", { class: "bubble message", dir: "auto" }, text) : null;
}

/**
 * @param {Answer} answer
 * @param {(text: string) => void} announce
 */
function quotes({ citations, outcome }, announce) {
  if (!citations || citations.length === 0) return null;
  const count = citations.length;
  return el(
    "div",
    { class: "bubble quotes" },
    outcome === "low_confidence" ? el("p", { class: "caution" }, words.caution) : null,
    el("p", { class: "eyebrow" }, words.fromDocuments),
    ...citations.map((citation, index) => renderCitation(citation, { rank: index + 1, count }, announce)),
  );
}

/**
 * @param {string[]} questions
 * @param {(question: string) => void} ask
 */
function related(questions, ask) {
  return questions.length > 0 ? renderQuestions(words.related, questions, ask) : null;
}

/**
 * Questions to ask by one press.
 * @param {string} label
 * @param {string[]} questions
 * @param {(question: string) => void} ask
 */
export function renderQuestions(label, questions, ask) {
  const items = questions.map((question) => el("li", {}, button(question, () => ask(question), "chip")));
  return el("div", { class: "questions" }, el("p", { class: "list-label" }, label), el("ul", { "aria-label": label }, ...items));
}

/**
 * The newest answer in brief. A long quote is counted and placed but never cut
 * short, because what is cut could be the "unless".
 * @param {Answer} answer
 */
export function brief(answer) {
  const { notice, citations = [], outcome } = answer;
  return [
    notice && [notice.title, notice.text, ...(notice.actions ?? []).map((action) => action.label)].join(". "),
    messageText(answer),
    citations.length > 0 && outcome === "low_confidence" && words.caution,
    ...briefQuotes(citations),
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {Answer["citations"]} citations */
function briefQuotes(citations) {
  const [first] = citations;
  if (!first) return [];
  const short = first.quote.split(/\s+/).length <= ANNOUNCED_WORDS;
  return [
    words.announced(citations.length),
    short ? `“${first.quote}”` : "",
    words.announcedPlace(place(first.reference)),
  ];
}
