/** What a patient does: comes, asks, reads the quote, follows its reference. */

import { ANSWERED, OFF_TOPIC, expect, squeeze, test } from "./fixtures.js";

test.beforeEach(async ({ chat, origin }) => chat.open(origin));

test("a first visit says what the page is, and offers a question box", async ({ page, chat }) => {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  await expect(page).toHaveTitle((await page.getByRole("heading", { level: 1 }).textContent()) ?? "");
  await expect(page.getByRole("banner")).toContainText("word for word");
  await expect(page.locator(".dock")).toContainText("no medical advice");
  await expect(page.locator(".about")).toContainText("cannot give advice");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(chat.input).toBeVisible();
  await expect(chat.linkState).toBeEmpty();
});

test("a question gets a quote with its matched words marked", async ({ chat, page }) => {
  const reply = await chat.ask(ANSWERED);
  const quote = reply.locator("blockquote").first();
  await expect(quote).toContainText("days to weeks");
  await expect(quote.locator("mark").first()).toBeVisible();
  await expect(reply.locator(".place").first()).toHaveText(/ › .*lines? \d+/);
  await expect(page.locator("#announcer")).toContainText("days to weeks");
  await expect(chat.input).toBeFocused();
  await expect(chat.input).toHaveValue("");
});

test("the reference opens the document at the quote, marked", async ({ chat, context }) => {
  const reply = await chat.ask(ANSWERED);
  const quoted = squeeze(await reply.locator("blockquote").first().textContent());
  const [document] = await Promise.all([
    context.waitForEvent("page"),
    reply.locator("a.reference").first().click(),
  ]);
  const marks = document.locator("mark.quote");
  await expect(marks.first()).toBeInViewport();
  await expect(marks.first()).toBeFocused();
  const marked = (await marks.allTextContents()).join(" ");
  expect(squeeze(marked)).toBe(quoted);
  expect(await document.evaluate(() => window.opener)).toBeNull();
});

test("copying gives the quote with its reference", async ({ chat, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const reply = await chat.ask(ANSWERED);
  const quoted = squeeze(await reply.locator("blockquote").first().textContent());
  const reference = await reply.locator(".place").first().textContent();
  await reply.getByRole("button", { name: "Copy quote" }).first().click();
  await expect(reply.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(squeeze(copied)).toContain(quoted);
  expect(copied).toContain(reference);
});

test("a question that the documents do not answer gets words and no quote", async ({ chat }) => {
  const reply = await chat.ask(OFF_TOPIC);
  await expect(reply.locator("blockquote")).toHaveCount(0);
  await expect(reply.locator(".message")).not.toBeEmpty();
});

test("a question that is too long is refused before it is sent, and kept", async ({ chat, page }) => {
  const tooLong = "how long does it take ".repeat(2000);
  await chat.input.fill(tooLong);
  await expect(page.locator("#counter")).toContainText("too many");
  await chat.input.press("Enter");
  await expect(page.locator("#composer-error")).toContainText("too long");
  await expect(chat.input).toHaveAttribute("aria-invalid", "true");
  await expect(chat.input).toHaveValue(tooLong);
  await expect(chat.turns).toHaveCount(0);

  await chat.input.fill("how long?");
  await expect(page.locator("#composer-error")).toBeEmpty();
  await expect(chat.input).toHaveAttribute("aria-invalid", "false");
});

test("an empty question is not sent", async ({ chat, page }) => {
  await chat.input.press("Enter");
  await expect(page.locator("#composer-error")).toContainText("type a question");
  await expect(chat.turns).toHaveCount(0);
});

test("shift and enter start a new line, and the box grows", async ({ chat }) => {
  await chat.input.fill("one");
  const low = (await chat.input.boundingBox())?.height ?? 0;
  await chat.input.press("Shift+Enter");
  await chat.input.pressSequentially("two");
  await expect(chat.input).toHaveValue("one\ntwo");
  expect((await chat.input.boundingBox())?.height).toBeGreaterThan(low);
  await expect(chat.turns).toHaveCount(0);
});

test("a script that does not come or is not understood leaves words in its place", async ({ page, origin }) => {
  await expect(page.getByText("needs JavaScript"), "the script takes them away").toHaveCount(0);
  await page.route("**/assets/chat.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(origin);
  await expect(page.locator("main"), "they do not flash").toHaveCSS("animation-delay", "2s");
  const words = page.getByRole("main");
  await expect(words).toContainText("load this page again");
  await expect(words).toContainText("contact the organisation");
});

test("without JavaScript the page says what it needs", async ({ browser, origin }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(origin);
  await expect(page.getByRole("main")).toContainText("needs JavaScript");
  await expect(page.getByRole("main")).toContainText("braucht JavaScript");
  await context.close();
});
