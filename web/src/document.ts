/**
 * A document page, opened at a quote: brings the marked place into sight, focuses it and says so. A hash never
 * reaches the server, so a page that was asked for by hash alone is asked for again with the range in the query,
 * for the server to mark.
 */

const RANGE = /^#b(\d+-\d+)$/;
const SAY_AFTER_MS = 100;

/** The address that makes the server mark the range of the hash, or null if it was already told to. */
function addressWithMark(url: URL): string | null {
  const range = RANGE.exec(url.hash)?.[1];
  if (range === undefined || url.searchParams.get("mark") === range) return null;
  url.searchParams.set("mark", range);
  return url.href;
}

function showMark(): void {
  const mark = RANGE.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
  if (mark) {
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "start" });
    announce();
    return;
  }
  const address = addressWithMark(new URL(location.href));
  if (address) location.replace(address);
}

/** Says the page's own words for it; the focus alone does not say why it is where it is. */
function announce(): void {
  const region = document.getElementById("announcer");
  const text = document.querySelector(".marked-text")?.textContent ?? "";
  if (region) setTimeout(() => (region.textContent = text), SAY_AFTER_MS);
}

/** Lets the keyboard scroll tables that are wider than the page. */
function reachTables(): void {
  for (const frame of document.querySelectorAll<HTMLElement>(".table-frame")) {
    if (frame.scrollWidth <= frame.clientWidth) continue;
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    const caption = frame.querySelector("caption")?.textContent;
    frame.setAttribute("aria-label", caption ?? document.body.dataset["table"] ?? "Table");
  }
}

reachTables();
showMark();
addEventListener("hashchange", showMark);
