/** An answer as elements. */

import type { Answer, Citation, Notice, Question } from "../client/index.js";
import { renderCitation } from "./citation.js";
import { type Context, serviceLanguage } from "./context.js";
import { button, type Child, el, heading, webAddress } from "./dom.js";
import { renderFeedback } from "./feedback.js";
import { actionLinks, outsideLink } from "./links.js";
import { hedge, messageText, readingText, surenessKey } from "./text.js";

export function renderAnswer(context: Context, question: Question, answer: Answer): Node[] {
  const parts = [
    answer.notice ? renderNotice(context, answer.notice) : null,
    reading(context, question, answer),
    message(context, answer),
    quotes(context, answer),
    nearest(context, answer),
    contact(context, answer),
    canBeJudged(answer) ? renderFeedback(context, question) : null,
    renderQuestions(context, "related", answer.related ?? [], languageOf(context, answer)),
  ];
  return parts.filter((part) => part instanceof Node);
}

const canBeJudged = ({ outcome, citations }: Answer) => citations.length > 0 || outcome === "not_found";

const languageOf = (context: Context, { citations }: Answer) =>
  citations[0]?.reference.language ?? serviceLanguage(context.hello());

function renderNotice(context: Context, { kind, title, text, actions }: Notice): HTMLElement {
  const lang = serviceLanguage(context.hello());
  return el(
    "section",
    { class: kind === "crisis" ? "notice crisis" : "notice", role: "group", "aria-label": title, lang },
    heading(context.level + 2, {}, title),
    el("p", {}, text),
    actionLinks(context, actions ?? [], "action"),
  );
}

/** How the question was read where that is not how it was typed, and a way to insist. */
function reading({ words, act }: Context, { text }: Question, answer: Answer): Child {
  const told = readingText(answer, words);
  if (!told) return null;
  const insist = text === null ? null : button(words.say("insist"), () => act.ask(text, true));
  return el("div", { class: "read-as" }, el("p", { dir: "auto" }, told), insist);
}

function message(context: Context, answer: Answer): Child {
  const text = messageText(answer, context.words);
  if (!text) return null;
  const looked = answer.looked_for ?? [];
  const terms = looked.length > 0 ? context.words.say("lookedFor", { terms: looked.join(", ") }) : null;
  const lang = answer.message ? serviceLanguage(context.hello()) : null;
  return el(
    "div",
    { class: "bubble" },
    el("p", { class: "message", dir: "auto", lang }, text),
    terms ? el("p", { class: "looked-for", dir: "auto" }, terms) : null,
  );
}

function quotes(context: Context, answer: Answer): Child {
  const { citations, outcome } = answer;
  const [first, ...others] = citations;
  if (!first) return null;
  const { words } = context;
  const count = citations.length;
  const isUnsure = outcome === "low_confidence";
  return el(
    "div",
    { class: "bubble quotes" },
    isUnsure ? caution(context, answer) : null,
    el("p", { class: "eyebrow" }, words.say("fromDocuments")),
    renderCitation(context, first, 1, count),
    isUnsure ? null : el("p", { class: "sureness" }, words.say(surenessKey(answer))),
    folded(context, others, count),
  );
}

function caution(context: Context, answer: Answer): HTMLElement {
  const parts = hedge(answer, context.words, serviceLanguage(context.hello()));
  return el(
    "div",
    { class: "caution" },
    ...parts.map(({ text, lang }) => el("p", { class: "message", dir: "auto", lang }, text)),
  );
}

function folded(context: Context, others: Citation[], count: number): Child {
  if (others.length === 0) return null;
  return el(
    "details",
    { class: "folded" },
    el("summary", {}, context.words.count("moreQuotes", others.length)),
    ...others.map((citation, at) => renderCitation(context, citation, at + 2, count)),
  );
}

/** The headings that come nearest to a question without an answer. */
function nearest(context: Context, { nearest: headings = [] }: Answer): Child {
  if (headings.length === 0) return null;
  const label = context.words.say("nearest");
  const lang = serviceLanguage(context.hello());
  const items = headings.map(({ title, section, link }) => {
    const text = [title, ...section].join(" › ");
    const address = webAddress(link, context.server);
    return el("li", { dir: "auto", lang }, address ? outsideLink(context, address, "near", text) : text);
  });
  return el(
    "div",
    { class: "nearest" },
    el("p", { class: "list-label" }, label),
    el("ul", { "aria-label": label }, ...items),
  );
}

/** How to reach a person, where the documents could not help or a person was asked for. */
function contact(context: Context, { outcome }: Answer): Child {
  if (outcome !== "not_found" && outcome !== "handoff") return null;
  const links = actionLinks(context, context.hello()?.service?.contact ?? [], "plain");
  if (!links) return null;
  return el("div", { class: "contact" }, el("p", { class: "list-label" }, context.words.say("contact")), links);
}

/** Questions to ask by one press. */
export function renderQuestions(
  { words, act }: Context,
  label: "related" | "suggestions",
  questions: string[],
  lang: string | null,
): HTMLElement | null {
  if (questions.length === 0) return null;
  const items = questions.map((question) =>
    el(
      "li",
      {},
      button(question, () => act.ask(question), "chip"),
    ),
  );
  const text = words.say(label);
  return el(
    "div",
    { class: "questions" },
    el("p", { class: "list-label" }, text),
    el("ul", { "aria-label": text, lang }, ...items),
  );
}
