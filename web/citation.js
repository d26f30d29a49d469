/**
 * One citation: the quote first, then where it stands, and on demand the
 * literature behind it and the text around it.
 */

import { copy } from "./clipboard.js";
import { button, el, outsideLink, webAddress } from "./dom.js";
import { copyText, longDate, place, unwrapLines } from "./text.js";
import { words } from "./words.js";

/**
 * @typedef {import("./protocol.js").Citation} Citation
 * @typedef {import("./protocol.js").Reference} Reference
 * @typedef {import("./protocol.js").BibliographyEntry} BibliographyEntry
 */

const COPIED_FOR_MS = 2500;

/**
 * @param {Citation} citation
 * @param {{rank: number, count: number}} among
 * @param {(text: string) => void} announce
 */
export function renderCitation(citation, { rank, count }, announce) {
  return el(
    "figure",
    { class: "citation" },
    count > 1 ? el("h3", { class: "rank" }, words.quoteOf(rank, count)) : null,
    leadIn(citation),
    blockquote(citation),
    el("figcaption", {}, ...referenceLine(citation.reference)),
    el(
      "div",
      { class: "more" },
      literature(citation.reference.bibliography ?? []),
      surroundings(citation),
      copyButton(citation, announce),
    ),
  );
}

/** @param {Citation} citation */
function blockquote(citation) {
  const attributes = { class: "quote", dir: "auto", lang: citation.reference.language || null };
  return el("blockquote", attributes, ...runs(citation));
}

/** @param {Citation} citation */
function leadIn({ lead_in: text, quote, reference }) {
  if (!text || quote.includes(text)) return null;
  return el("p", { class: "lead-in", dir: "auto", lang: reference.language || null }, unwrapLines(text));
}

/**
 * The quote in text nodes, its matched words marked; the whole quote in one node
 * if the runs do not add up to it.
 * @param {Citation} citation
 */
function runs({ quote, runs: parts = [] }) {
  const shown = unwrapLines(quote);
  if (parts.map((run) => run.text).join("") !== quote) return [shown];
  let start = 0;
  return parts.map((run) => {
    const text = shown.slice(start, start + run.text.length);
    start += run.text.length;
    return run.match ? el("mark", {}, text) : text;
  });
}

/** @param {Reference} reference */
function referenceLine(reference) {
  const link = webAddress(reference.link);
  const original = webAddress(reference.url);
  return [
    link ? outsideLink(link, "reference", place(reference)) : el("span", { class: "reference" }, place(reference)),
    reference.reviewed ? el("span", { class: "reviewed" }, words.reviewed(longDate(reference.reviewed))) : null,
    original ? outsideLink(original, "original", words.original(new URL(original).host)) : null,
  ];
}

/** @param {BibliographyEntry[]} entries */
function literature(entries) {
  if (entries.length === 0) return null;
  const cited = entries.filter((entry) => entry.relation === "cited");
  const related = entries.filter((entry) => entry.relation !== "cited");
  return el(
    "details",
    {},
    el("summary", {}, words.literature(entries.length)),
    ...entryList(words.cited, cited),
    ...entryList(words.relatedLiterature, related),
  );
}

/**
 * @param {string} label
 * @param {BibliographyEntry[]} entries
 */
function entryList(label, entries) {
  if (entries.length === 0) return [];
  return [el("p", { class: "list-label" }, label), el("ul", { class: "literature" }, ...entries.map(renderEntry))];
}

/** @param {BibliographyEntry} entry */
function renderEntry({ label, text, url, doi }) {
  const address = webAddress(url) ?? (doi ? `https://doi.org/${encodeURI(doi)}` : null);
  const number = label ? el("span", { class: "label" }, `[${label}] `) : null;
  return el("li", { dir: "auto" }, number, ...withLink(text, url || doi || null, address));
}

/**
 * Makes the address inside the entry's text the link, or adds one after it.
 * @param {string} text
 * @param {string | null} written the address as the entry may write it
 * @param {string | null} address
 */
function withLink(text, written, address) {
  if (!address || !written) return [text];
  const start = text.indexOf(written);
  if (start < 0) return [text, " ", outsideLink(address, "", new URL(address).host)];
  return [text.slice(0, start), outsideLink(address, "", written), text.slice(start + written.length)];
}

/** @param {Citation} citation */
function surroundings({ passage, quote, reference }) {
  if (!passage || passage.trim() === quote.trim()) return null;
  const start = passage.indexOf(quote);
  const shown = unwrapLines(passage);
  const end = start + quote.length;
  const text =
    start < 0 ? [shown] : [shown.slice(0, start), el("mark", {}, shown.slice(start, end)), shown.slice(end)];
  const attributes = { class: "passage", dir: "auto", lang: reference.language || null };
  return el("details", {}, el("summary", {}, words.surroundings), el("p", attributes, ...text));
}

/**
 * @param {Citation} citation
 * @param {(text: string) => void} announce
 */
function copyButton(citation, announce) {
  const { link, url } = citation.reference;
  const control = button(words.copy, async () => {
    const copied = await copy(copyText(citation, webAddress(link) ?? webAddress(url)));
    control.textContent = copied ? words.copied : words.copyFailed;
    announce(control.textContent);
    setTimeout(() => (control.textContent = words.copy), COPIED_FOR_MS);
  }, "plain copy");
  return control;
}
