/**
 * A document page, opened at a quote: brings the marked place into sight, focuses it and says so. A hash never
 * reaches the server, so a page that was asked for by hash alone is asked for again with the range in the query,
 * for the server to mark.
 */

const RANGE = /^#b(\d+-\d+)$/;
const SAY_AFTER_MS = 100;
const CLOSE_WITHIN_MS = 500;

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

/**
 * A reference opens in a tab of its own, where the chat would be an empty one: there the way back is to close it. Only
 * a tab without a history can be closed, and only one that a link opened at a quote has a conversation behind it.
 */
function offerReturn(): void {
  const link = document.querySelector<HTMLAnchorElement>("header a[data-return]");
  const words = link?.dataset["return"];
  if (!link || !words || !canReturn() || !RANGE.test(location.hash) || document.referrer === "") return;
  const before = link.textContent;
  link.textContent = words;
  link.addEventListener("click", (event) => {
    if (!canReturn() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.close();
    setTimeout(() => location.assign(link.href), CLOSE_WITHIN_MS);
  });
  addEventListener("hashchange", () => {
    if (!canReturn()) link.textContent = before;
  });
}

const canReturn = (): boolean => history.length === 1;

reachTables();
offerReturn();
showMark();
addEventListener("hashchange", showMark);
