/**
 * One citation: the quote first, then where it stands, and on demand the literature behind it and the text around
 * it.
 */

import type { BibliographyEntry, Citation, Reference } from "../client/index.js";
import { copy } from "./clipboard.js";
import type { Context } from "./context.js";
import { button, type Child, el, heading, webAddress } from "./dom.js";
import { outsideLink } from "./links.js";
import { copyText, leadIn, place, unwrapLines } from "./text.js";

const COPIED_FOR_MS = 2500;

export function renderCitation(context: Context, citation: Citation, rank: number, count: number): HTMLElement {
  const { words, level } = context;
  return el(
    "figure",
    { class: "citation" },
    count > 1 ? heading(level + 2, { class: "rank" }, words.say("quoteOf", { rank, count })) : null,
    leadInLine(citation),
    el("blockquote", { class: "quote", ...spoken(citation.reference) }, ...runs(citation)),
    el("figcaption", {}, ...referenceLine(context, citation.reference)),
    el(
      "div",
      { class: "more" },
      literature(context, citation.reference.bibliography ?? []),
      surroundings(context, citation),
      copyButton(context, citation),
    ),
  );
}

/** The document's language, for the voice of a screen reader, and the direction of its own text. */
const spoken = ({ language }: Reference) => ({ dir: "auto", lang: language || null });

function leadInLine(citation: Citation): Child {
  const text = leadIn(citation);
  return text ? el("p", { class: "lead-in", ...spoken(citation.reference) }, unwrapLines(text)) : null;
}

/**
 * The quote in text nodes, its matched words marked; the whole quote in one node if the runs do not add up to it.
 */
function runs({ quote, runs: parts = [] }: Citation): Child[] {
  const shown = unwrapLines(quote);
  if (parts.map((run) => run.text).join("") !== quote) return [shown];
  let start = 0;
  return parts.map((run) => {
    const text = shown.slice(start, start + run.text.length);
    start += run.text.length;
    return run.match ? el("mark", {}, text) : text;
  });
}

function referenceLine(context: Context, reference: Reference): Child[] {
  const { words, server } = context;
  const link = webAddress(reference.link, server);
  const original = webAddress(reference.url, server);
  const where = el("span", spoken(reference), place(reference, words));
  return [
    el("span", { class: "place" }, where),
    link ? outsideLink(context, link, "reference", words.say("openDocument")) : null,
    reference.reviewed
      ? el("span", { class: "reviewed" }, words.say("reviewed", { date: words.date(reference.reviewed) }))
      : null,
    original
      ? outsideLink(context, original, "original", words.say("original", { host: new URL(original).host }))
      : null,
  ];
}

function literature(context: Context, entries: BibliographyEntry[]): Child {
  if (entries.length === 0) return null;
  const { words } = context;
  const cited = entries.filter((entry) => entry.relation === "cited");
  const related = entries.filter((entry) => entry.relation !== "cited");
  return el(
    "details",
    {},
    el("summary", {}, words.say("literature", { count: entries.length })),
    ...entryList(context, words.say("cited"), cited),
    ...entryList(context, words.say("relatedLiterature"), related),
  );
}

function entryList(context: Context, label: string, entries: BibliographyEntry[]): Child[] {
  if (entries.length === 0) return [];
  const items = entries.map((entry) => renderEntry(context, entry));
  return [el("p", { class: "list-label" }, label), el("ul", { class: "literature" }, ...items)];
}

function renderEntry(context: Context, { label, text, url, doi }: BibliographyEntry): HTMLElement {
  const address = webAddress(url, context.server) ?? (doi ? `https://doi.org/${encodeURI(doi)}` : null);
  const number = label ? el("span", { class: "label" }, `[${label}] `) : null;
  return el("li", { dir: "auto" }, number, ...withLink(context, text, url || doi || null, address));
}

/** Makes the address inside the entry's text, as the entry writes it, the link, or adds one after it. */
function withLink(context: Context, text: string, written: string | null, address: string | null): Child[] {
  if (!address || !written) return [text];
  const start = text.indexOf(written);
  if (start < 0) return [text, " ", outsideLink(context, address, "", new URL(address).host)];
  return [text.slice(0, start), outsideLink(context, address, "", written), text.slice(start + written.length)];
}

function surroundings({ words }: Context, { passage, quote, reference }: Citation): Child {
  if (!passage || passage.trim() === quote.trim()) return null;
  const start = passage.indexOf(quote);
  const shown = unwrapLines(passage);
  const end = start + quote.length;
  const text = start < 0 ? [shown] : [shown.slice(0, start), el("mark", {}, shown.slice(start, end)), shown.slice(end)];
  const summary = el("summary", {}, words.say("surroundings"));
  return el("details", {}, summary, el("p", { class: "passage", ...spoken(reference) }, ...text));
}

function copyButton({ words, announce, server }: Context, citation: Citation): HTMLElement {
  const { link, url } = citation.reference;
  const control = button(
    words.say("copy"),
    async () => {
      const text = copyText(citation, webAddress(link, server) ?? webAddress(url, server), words);
      const copied = await copy(text, control.parentElement ?? control);
      const told = words.say(copied ? "copied" : "copyFailed");
      control.textContent = told;
      announce(told);
      setTimeout(() => (control.textContent = words.say("copy")), COPIED_FOR_MS);
    },
    "plain copy",
  );
  return control;
}
