/**
 * Plain text in, plain text out: reference lines, the text that is copied, and
 * line breaks that belong to a document's layout rather than to its meaning.
 */

/**
 * @typedef {import("./protocol.js").Citation} Citation
 * @typedef {import("./protocol.js").Reference} Reference
 */

const LIST_ITEM = /^\s*(?:[-*+•◦▪–|]|\d+[.)]|[a-z][.)])\s/i;
const WRAPPED_AT_LEAST = 50;

/**
 * Turns the newlines of hard-wrapped prose into spaces and leaves those before
 * list items, table rows and empty lines. The length stays the same, so offsets hold.
 * @param {string} text
 */
export function unwrapLines(text) {
  const lines = text.split("\n");
  return lines.reduce((joined, line, index) => {
    const before = lines[index - 1] ?? "";
    const wrapped = before.length >= WRAPPED_AT_LEAST && line.trim() !== "" && !LIST_ITEM.test(line);
    return joined + (wrapped ? " " : "\n") + line;
  });
}

/** @param {Reference} reference */
export function place(reference) {
  const path = [reference.title, ...reference.section].join(" › ");
  const parts = [path];
  if (reference.page !== null && reference.page !== undefined) parts.push(`page ${reference.page}`);
  if (reference.lines) parts.push(lineRange(reference.lines));
  return parts.join(", ");
}

/** @param {[number, number]} lines */
function lineRange([first, last]) {
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
}

/** @param {string} date an ISO date, or whatever else the document gives */
export function longDate(date) {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return date;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" }).format(day);
}

/**
 * What the copy button puts on the clipboard: the quote as it stands, and where it stands.
 * @param {Citation} citation
 * @param {string | null} address
 */
export function copyText(citation, address) {
  return [`“${citation.quote}”`, place(citation.reference), address].filter(Boolean).join("\n");
}

/** @param {string} text Counted as the server counts: characters, not UTF-16 units. */
export function characters(text) {
  return Array.from(text).length;
}
