/** The page on a small phone, at large zoom, and in the dark. */

import { ANSWERED, expect, test } from "./fixtures.js";

const LONG_WORD = "w".repeat(300);

/** @param {import("@playwright/test").Page} page */
async function expectNoSidewaysScroll(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(window);
}

for (const size of [
  { width: 320, height: 568 },
  { width: 390, height: 844 },
  { width: 640, height: 400 },
]) {
  test(`nothing scrolls sideways at ${size.width} by ${size.height}`, async ({ page, chat, origin }) => {
    await page.setViewportSize(size);
    await chat.open(origin);
    await expectNoSidewaysScroll(page);
    const reply = await chat.ask(ANSWERED);
    for (const summary of await reply.locator("summary").all()) await summary.click();
    await expectNoSidewaysScroll(page);
    await chat.ask(LONG_WORD);
    await expectNoSidewaysScroll(page);

    const link = await reply.locator("a.reference").first().getAttribute("href");
    await page.goto(new URL(link ?? "", origin).href);
    await expect(page.locator("mark.quote").first()).toBeInViewport();
    await expectNoSidewaysScroll(page);
  });
}

test("on a phone the question box stays in sight and every control is large enough", async ({ page, chat, origin }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await chat.open(origin);
  await chat.ask(ANSWERED);
  const reply = await chat.ask(ANSWERED);
  await expect(reply.locator("blockquote").first()).toBeInViewport({ ratio: 1 });
  await page.evaluate(() => scrollTo(0, 0));
  await expect(chat.input).toBeInViewport({ ratio: 1 });
  for (const control of await page.locator("button:visible, summary:visible, a.reference:visible").all()) {
    const box = await control.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  }
});

test("a focused control is not hidden behind the question box", async ({ page, chat, origin }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await chat.open(origin);
  await chat.ask(ANSWERED);
  const reply = await chat.ask(ANSWERED);
  await page.evaluate(() => scrollTo(0, 0));
  const copy = reply.getByRole("button", { name: "Copy quote" }).first();
  await copy.focus();
  const dockTop = (await page.locator(".dock").boundingBox())?.y ?? 0;
  const box = await copy.boundingBox();
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(dockTop);
});

test("dark follows the visitor's choice", async ({ page, chat, origin }) => {
  const brightness = () =>
    page.evaluate(() => {
      const channels = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? [];
      return channels.slice(0, 3).reduce((sum, channel) => sum + Number(channel), 0) / 3;
    });
  await page.emulateMedia({ colorScheme: "light" });
  await chat.open(origin);
  expect(await brightness()).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await brightness()).toBeLessThan(60);
});

test("nothing moves for a visitor who asked for less motion", async ({ page, chat, origin }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await chat.open(origin);
  await chat.ask(ANSWERED);
  const running = await page.evaluate(() =>
    document.getAnimations().filter((animation) => animation.playState === "running").length,
  );
  expect(running).toBe(0);
});

test("text spacing of the reader's own costs no text", async ({ page, chat, origin }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  for (const summary of await reply.locator("summary").all()) await summary.click();
  const cut = await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }",
    );
    document.adoptedStyleSheets = [sheet];
    const shown = [...document.querySelectorAll("button, p, a, summary, h1, h2, h3, label")];
    return shown
      .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden, .skip"))
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .map((element) => element.outerHTML);
  });
  expect(cut).toEqual([]);
  await expectNoSidewaysScroll(page);
});

test("forced colours leave every bubble an outline and every mark a ground", async ({ page, chat, origin }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  const border = await reply.locator(".bubble").first().evaluate((bubble) => getComputedStyle(bubble).borderTopColor);
  expect(border).not.toMatch(/^rgba/);
  const [mark, page_] = await reply
    .locator("mark")
    .first()
    .evaluate((mark) => [getComputedStyle(mark).backgroundColor, getComputedStyle(document.body).backgroundColor]);
  expect(mark).not.toBe(page_);
});

test("a page that reads from the right is laid out from the right", async ({ page, chat, origin }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await chat.open(origin);
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  const reply = await chat.ask(ANSWERED);
  await expectNoSidewaysScroll(page);
  const question = await page.locator(".question").boundingBox();
  const answer = await reply.locator(".bubble").first().boundingBox();
  expect(question?.x, "questions stand at the far side").toBeLessThan(answer?.x + answer?.width - question?.width);
  await expect(reply.locator("blockquote").first()).toHaveCSS("direction", "ltr");
});

test("on a page that reads from the right, a sentence of the interface ends where it should", async ({ page, chat, origin }) => {
  await chat.open(origin);
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  await chat.ask(ANSWERED);
  for (const selector of [".sureness", ".small-print"]) {
    const [first, stop] = await page.locator(selector).evaluate((element) => {
      const text = element.firstChild;
      const rect = (at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect();
      };
      return [rect(0).left, rect(text.data.length - 1).left];
    });
    expect(stop, `${selector}: the full stop`).toBeGreaterThan(first);
  }
});
