/**
 * Plain text in, plain text out: reference lines, the text that is copied or saved, and line breaks that belong to
 * a document's layout rather than to its meaning.
 */

import type { Answer, Citation, Entry, Reference } from "../client/index.js";
import type { Key, Words } from "./words.js";

const LIST_ITEM = /^\s*(?:[-*+•◦▪–|]|\d+[.)]|[a-z][.)])\s/i;
const WRAPPED_AT_LEAST = 50;

/**
 * Turns the newlines of hard-wrapped prose into spaces and leaves those before list items, table rows and empty
 * lines. The length stays the same, so offsets hold.
 */
export function unwrapLines(text: string): string {
  const lines = text.split("\n");
  return lines.reduce((joined, line, index) => {
    const before = lines[index - 1] ?? "";
    const isWrapped = before.length >= WRAPPED_AT_LEAST && line.trim() !== "" && !LIST_ITEM.test(line);
    return joined + (isWrapped ? " " : "\n") + line;
  });
}

/** Document, sections, and pages or lines. */
export function place(reference: Reference, words: Words): string {
  const where = [reference.title, ...reference.section].join(" › ");
  return [where, extent(reference, words)].filter(Boolean).join(", ");
}

/** Pages, and for a format without them lines: those of a text taken out of pages nobody can count. */
function extent({ page, last_page: lastPage, lines }: Reference, words: Words): string | null {
  if (page) return lastPage ? words.say("pages", { first: page, last: lastPage }) : words.say("page", { page });
  if (!lines) return null;
  const [first, last] = lines;
  return first === last ? words.say("line", { line: first }) : words.say("lines", { first, last });
}

/** The sentence before a list or the head of a table, where the quote does not hold it itself. */
export function leadIn({ lead_in: text, quote }: Citation): string | null {
  return text && !quote.includes(text) ? text : null;
}

/** What the copy button puts on the clipboard: the quote as it stands, what leads in to it, and where it stands. */
export function copyText(citation: Citation, address: string | null, words: Words): string {
  const { quote, reference } = citation;
  return [leadIn(citation), `“${quote}”`, place(reference, words), address].filter(Boolean).join("\n");
}

/** Counts as the server counts: characters, not UTF-16 units. */
export const characters = (text: string): number => Array.from(text).length;

const NOT_FOUND: Record<string, Key> = {
  no_match: "noMatch",
  off_topic: "offTopic",
  too_vague: "tooVague",
  empty: "empty",
  language: "otherLanguage",
};

/** How the question was read, where that is not how it was typed. */
export function readingText({ read_as: reading, corrections = [] }: Answer, words: Words): string | null {
  if (reading) return words.say("readAs", { question: reading });
  return corrections.map(({ from, to }) => words.say("corrected", { from, to })).join("; ") || null;
}

const SURE_FROM = 0.75;
const LIKELY_FROM = 0.5;

/** How surely the first quote answers. */
export function surenessKey({ outcome, confidence, citations: [first] }: Answer): Key {
  if (outcome === "low_confidence") return "caution";
  const sureness = confidence ?? first?.confidence ?? 0;
  if (sureness >= SURE_FROM) return "sure";
  return sureness >= LIKELY_FROM ? "likely" : "maybe";
}

/**
 * What has to be known before quotes that do not answer very surely. The caution is the operator's; the interface has
 * words for it where there are none, or none in its own language. `lang` is that of the operator's texts.
 */
export function hedge(answer: Answer, words: Words, lang: string | null): Speech {
  const key = surenessKey(answer);
  if (answer.citations.length === 0 || key === "sure") return [];
  const own = { text: words.say(key) };
  if (!isCaution(answer)) return [own];
  const theirs = { text: answer.message ?? "", lang };
  return lang?.toLowerCase().split("-")[0] === words.language ? [theirs] : [theirs, own];
}

/** Whether the operator's words are the caution above the quotes, and no message beside them. */
const isCaution = ({ outcome, message, citations }: Answer): boolean =>
  outcome === "low_confidence" && Boolean(message) && citations.length > 0;

/** The operator's words, or where there are none, words for the outcome. */
export function messageText(answer: Answer, words: Words): string | null {
  const { message, outcome, reason } = answer;
  if (isCaution(answer)) return null;
  if (message || outcome !== "not_found") return message || null;
  return words.say((reason && NOT_FOUND[reason]) || "nothingFound");
}

/** The whole conversation, with every reference, to be kept as a file. `lang` is that of the operator's texts. */
export function savedText(
  entries: readonly Entry[],
  server: URL,
  words: Words,
  now: Date,
  lang: string | null,
): string {
  const date = new Intl.DateTimeFormat(words.language, { dateStyle: "long", timeStyle: "short" }).format(now);
  const blocks = entries.map((entry) => savedEntry(entry, server, words, lang)).filter(Boolean);
  return `${[words.say("savedFrom", { address: server.origin, date }), ...blocks].join("\n\n")}\n`;
}

function savedEntry(entry: Entry, server: URL, words: Words, lang: string | null): string {
  if (entry.kind === "handoff") return "";
  if (entry.kind === "message") return `${words.say("personWrites")}: ${entry.text}`;
  const head = words.say("savedQuestion", { question: entry.text ?? words.say("askedElsewhere") });
  return [head, ...(entry.answer ? savedAnswer(entry.answer, server, words, lang) : [words.say("savedNoAnswer")])].join(
    "\n\n",
  );
}

function savedAnswer(answer: Answer, server: URL, words: Words, lang: string | null): string[] {
  const { notice, citations } = answer;
  const actions = notice?.actions.map(({ label, href }) => `${label} (${href})`) ?? [];
  const lines = [
    notice ? [notice.title, notice.text, ...actions].join("\n") : null,
    readingText(answer, words),
    messageText(answer, words),
    ...hedge(answer, words, lang).map(({ text }) => text),
    ...citations.map((citation) => savedCitation(citation, server, words)),
  ];
  return lines.filter((line) => line !== null);
}

function savedCitation(citation: Citation, server: URL, words: Words): string {
  const { reference } = citation;
  const link = reference.link ? new URL(reference.link, server).href : (reference.url ?? null);
  const cited = (reference.bibliography ?? []).filter(({ relation }) => relation === "cited");
  return [
    copyText(citation, link, words),
    reference.reviewed ? words.say("reviewed", { date: words.date(reference.reviewed) }) : null,
    ...cited.map(({ label, text }) => (label ? `[${label}] ${text}` : text)),
  ]
    .filter(Boolean)
    .join("\n");
}

/** What is read out, in pieces: each in the language of the interface, or in one of its own. */
export type Speech = { text: string; lang?: string | null }[];

const ANNOUNCED_WORDS = 60;

/**
 * The newest answer in brief, after how its question was read and how surely it answers. A long quote is counted and
 * placed but never cut short, because what is cut could be the "unless". `lang` is that of the operator's texts.
 */
export function brief(answer: Answer, words: Words, lang: string | null): Speech {
  const { citations } = answer;
  const [first] = citations;
  const reading = readingText(answer, words);
  const message = messageText(answer, words);
  const speech: Speech = [];
  if (reading) speech.push({ text: sentence(reading) });
  if (message) speech.push({ text: message, lang: answer.message ? lang : null });
  speech.push(...hedge(answer, words, lang));
  if (first) speech.push({ text: words.count("announced", citations.length) }, ...quoteSpeech(first, words));
  return speech;
}

/** A quote that is not long, and where it stands, in the language of its document. */
function quoteSpeech(citation: Citation, words: Words): Speech {
  const lang = citation.reference.language ?? null;
  const quote = [leadIn(citation), `“${citation.quote}”`].filter(Boolean).join(" ");
  const isShort = quote.split(/\s+/).length <= ANNOUNCED_WORDS;
  const [before = "", after = ""] = words.say("announcedPlace").split("{place}");
  const where = [{ text: before.trim() }, { text: `${place(citation.reference, words)}${after}`, lang }];
  return isShort ? [{ text: quote, lang }, ...where] : where;
}

/** A notice as it is said at once. */
export function noticeSpeech({ notice }: Answer, lang: string | null): Speech {
  if (!notice) return [];
  const parts = [notice.title, notice.text, ...notice.actions.map(({ label }) => label)];
  return [{ text: parts.map(sentence).join(" "), lang }];
}

/** Ends with a full stop what has no end of its own, so that a voice pauses there. */
const sentence = (text: string): string => (/[.!?][”“»]?$/.test(text) ? text : `${text}.`);
