/** The page of a document: to read, to print, to arrive at from a quote, also without JavaScript. */

import { ANSWERED, expect, squeeze, test } from "./fixtures.js";

async function quotedPlace(chat, origin) {
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  const quote = squeeze(await reply.locator("blockquote").first().textContent());
  return { quote, address: new URL(await reply.locator("a.reference").first().getAttribute("href"), origin).href };
}

test("the marked passage is scrolled to, focused and announced", async ({ page, chat, origin }) => {
  const { quote, address } = await quotedPlace(chat, origin);
  await page.goto(address);
  const mark = page.locator("mark.quote").first();
  await expect(mark).toBeFocused();
  await expect(mark).toBeInViewport();
  await expect(page.locator("#announcer")).toHaveText("The quoted passage is marked.");
  expect(squeeze((await page.locator("mark.quote").allTextContents()).join(" "))).toBe(quote);
});

test("without JavaScript the passage is marked, scrolled to, and one link away", async ({ page, chat, origin, browser }) => {
  const { quote, address } = await quotedPlace(chat, origin);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(address);
  await expect(plain.locator("mark.quote").first()).toBeInViewport();
  await plain.goto(address.replace(/#.*/, ""));
  await plain.getByRole("link", { name: "Go to the quoted passage" }).click();
  await expect(plain.locator("mark.quote").first()).toBeInViewport();
  expect(squeeze((await plain.locator("mark.quote").allTextContents()).join(" "))).toBe(quote);
  await context.close();
});

test("contents, headings and literature lead where they say", async ({ page, origin }) => {
  const { documents } = await (await page.request.get(`${origin}/api/v1/documents`)).json();
  await page.goto(`${origin}/documents/${documents[0].id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  const contents = page.getByRole("navigation", { name: "Contents" });
  const broken = await page.evaluate(() =>
    [...document.querySelectorAll("a[href^='#']")]
      .map((link) => link.getAttribute("href"))
      .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))),
  );
  expect(broken).toEqual([]);
  await contents.getByRole("link", { name: "Literature" }).click();
  await expect(page.getByRole("heading", { name: "Literature" })).toBeInViewport();
  const levels = await page.locator("article :is(h1, h2, h3, h4, h5, h6)").evaluateAll((all) => all.map((h) => Number(h.tagName[1])));
  levels.forEach((level, at) => expect(level - (levels[at - 1] ?? 0), `heading ${at}`).toBeLessThanOrEqual(1));
});

test("on paper there is the document, its literature and their addresses", async ({ page, chat, origin }) => {
  const { address } = await quotedPlace(chat, origin);
  await page.goto(address);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await expect(page.locator(".marked")).toBeHidden();
  await expect(page.locator("#literature")).toBeVisible();
  const link = page.locator("#literature a[href^='http']").first();
  expect(await link.evaluate((element) => getComputedStyle(element, "::after").content)).toContain("http");
});

test("the page's own words are in the visitor's language, the document's are marked as its own", async ({ browser, origin }) => {
  const context = await browser.newContext({ locale: "es-MX" });
  const page = await context.newPage();
  const { documents } = await (await page.request.get(`${origin}/api/v1/documents`)).json();
  await page.goto(`${origin}/documents/${documents[0].id}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await expect(page.getByRole("navigation", { name: "Contenido" })).toBeVisible();
  await expect(page.locator("article")).toHaveAttribute("lang", "en");
  await context.close();
});

test("where a reference opened a tab of its own, the way back is to the conversation", async ({ page, chat, origin, context }) => {
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  const open = async () => {
    const [tab] = await Promise.all([context.waitForEvent("page"), reply.locator("a.reference").first().click()]);
    return tab;
  };
  const tab = await open();
  const closed = tab.waitForEvent("close");
  await tab.getByRole("link", { name: "Back to your conversation" }).click();
  await closed;
  await expect(chat.turns).toHaveCount(1);

  const other = await open();
  await other.evaluate(() => (location.hash = "literature"));
  await expect(other.getByRole("banner").getByRole("link"), "a tab with a history cannot be closed").toHaveText(/^Ask a question/);
});

test("a document that no conversation led to leads to the chat", async ({ page, chat, origin }) => {
  const { address } = await quotedPlace(chat, origin);
  await page.goto(address);
  await expect(page.getByRole("banner").getByRole("link")).toHaveText(/^Ask a question/);
});
