/**
 * A document page, opened at a quote: brings the marked place into sight and
 * focuses it. A hash never reaches the server, so a page that was asked for by
 * hash alone is asked for again with the range in the query, for the server to mark.
 */

const RANGE = /^#b(\d+-\d+)$/;

/**
 * The address that makes the server mark the range of the hash, or null if it was already told to.
 * @param {URL} url
 * @returns {string | null}
 */
function addressWithMark(url) {
  const range = RANGE.exec(url.hash)?.[1];
  if (range === undefined || url.searchParams.get("mark") === range) return null;
  url.searchParams.set("mark", range);
  return url.href;
}

function showMark() {
  const mark = RANGE.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
  if (mark) {
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "start" });
    return;
  }
  const address = addressWithMark(new URL(location.href));
  if (address) location.replace(address);
}

/** Lets wide tables scroll by themselves, by keyboard too, instead of widening the page. */
function containTables() {
  for (const table of document.querySelectorAll("article table")) {
    const frame = document.createElement("div");
    frame.className = "table-frame";
    table.replaceWith(frame);
    frame.append(table);
    if (frame.scrollWidth <= frame.clientWidth) continue;
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", table.querySelector("caption")?.textContent ?? "Table");
  }
}

containTables();
showMark();
addEventListener("hashchange", showMark);

export {};
