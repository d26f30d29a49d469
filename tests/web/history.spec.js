/** What a patient can do with a conversation: leave and come back, keep it, print it, have it forgotten. */

import { readFile } from "node:fs/promises";
import { ANSWERED, Chat, OFF_TOPIC, expect, test } from "./fixtures.js";
import { HELLO, KINDS, standIn } from "./stand-in.js";

const quotesOf = (chat) => chat.log.locator("blockquote").allTextContents();

async function choose(page, name) {
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name }).click();
}

test("a reload keeps the conversation", async ({ page, chat, origin }) => {
  await chat.open(origin);
  await chat.ask(ANSWERED);
  await chat.ask(OFF_TOPIC);
  const before = [await chat.turns.count(), await quotesOf(chat)];
  await page.reload();
  await chat.connected();
  expect([await chat.turns.count(), await quotesOf(chat)]).toEqual(before);
  const reply = await chat.ask(ANSWERED);
  await expect(reply.locator("blockquote").first()).toContainText("days to weeks");
});

test("going to a document and back keeps the conversation and its place", async ({ page, chat, origin }) => {
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  const link = await reply.locator("a.reference").first().getAttribute("href");
  await page.goto(new URL(link, origin).href);
  await expect(page.locator("mark.quote").first()).toBeFocused();
  await page.goBack();
  await chat.connected();
  await expect(chat.turns).toHaveCount(1);
  await page.goForward();
  await expect(page.locator("mark.quote").first()).toBeInViewport();
});

test("two tabs are two conversations", async ({ page, chat, origin, context }) => {
  await chat.open(origin);
  await chat.ask(ANSWERED);
  const other = new Chat(await context.newPage());
  await other.open(origin);
  await expect(other.turns).toHaveCount(0);
  await other.ask(OFF_TOPIC);
  await chat.ask(ANSWERED);
  await expect(chat.turns).toHaveCount(2);
  await expect(other.turns).toHaveCount(1);
  await expect(chat.linkState).toBeEmpty();
});

test("nothing of it is left in lasting storage or in cookies", async ({ page, chat, origin, context }) => {
  await chat.open(origin);
  await chat.ask(ANSWERED);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test("saving gives a text with every quote and where it stands", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.answered, KINDS.emergency);
  await chat.open(origin);
  await chat.ask("what is it");
  await chat.ask("my chest hurts");
  const [download] = await Promise.all([page.waitForEvent("download"), choose(page, "Save as a text file")]);
  const text = await readFile(await download.path(), "utf8");
  for (const expected of [
    "Question: what is it",
    "“The first sentence.”\nA document › One › Two, lines 3–4",
    `${origin}/documents/a.md#b1-2`,
    "[5] A study. doi:10.1000/182.",
    "“After it.”",
    "Get help now\nCall at once.\nCall 112 (tel:112)",
  ]) {
    expect(text).toContain(expected);
  }
});

test("printing unfolds every citation, leaves out what can only be pressed, and folds again", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  await chat.ask("what is it");
  await page.evaluate(() => {
    addEventListener("beforeprint", () => {
      window.folded = document.querySelectorAll(".transcript details:not([open])").length;
    });
  });
  const pdf = await page.pdf();
  expect(pdf.length).toBeGreaterThan(10_000);
  expect(await page.evaluate(() => window.folded)).toBe(0);
  expect(await chat.log.locator("details[open]").count()).toBe(0);

  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.locator(".place").first(), "paper is white").toHaveCSS("color", "rgb(0, 0, 0)");
  await page.evaluate(() => document.documentElement.style.setProperty("--brand-accent", "#ffff99"));
  await expect(page.locator("a.reference").first(), "whatever the operator's colour").toHaveCSS("color", "rgb(0, 0, 0)");
  await expect(chat.input).toBeHidden();
  await expect(chat.log.getByRole("button")).toHaveCount(0);
  const reference = chat.log.locator("a.reference").first();
  const address = await reference.evaluate((link) => getComputedStyle(link, "::after").content);
  expect(address).toContain("/documents/a.md");
});

test("forgetting asks first, then empties page, storage and server", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  await chat.ask("what is it");
  await choose(page, "Forget this conversation");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(chat.turns).toHaveCount(1);
  await choose(page, "Forget this conversation");
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(chat.turns).toHaveCount(0);
  await expect(chat.log).toContainText("forgotten, here and on the server");
  expect(frames.some(({ type }) => type === "forget")).toBe(true);
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("what is it");
  await chat.connected();
  await chat.ask("what now");
  await expect(chat.turns).toHaveCount(1);
});

test("forgetting without a connection is made up for with the next one", async ({ page, chat, origin }) => {
  const frames = [];
  let isUp = true;
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    if (!isUp) return socket.close({ code: 1001 });
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      frames.push(frame);
      if (frame.type === "resume") socket.send(JSON.stringify({ ...HELLO, seq: frame.after, resumed: true }));
      if (frame.type !== "forget") return;
      socket.send(JSON.stringify({ type: "goodbye", seq: 2, reason: "forgotten", resume: false }));
      socket.close({ code: 1000 });
    });
    if (!socket.url().includes("resume")) socket.send(JSON.stringify({ ...HELLO, session: frames.length ? "new" : "old" }));
    if (frames.length === 0 && isUp) setTimeout(() => (isUp = false) || socket.close({ code: 1001 }), 300);
  });
  await page.goto(origin);
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  await choose(page, "Forget this conversation");
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(chat.log).toContainText("The server forgets it as soon as there is a connection");
  await page.reload();
  isUp = true;
  await chat.connected();
  await expect.poll(() => frames.map(({ type, session }) => [type, session])).toEqual([
    ["resume", "old"],
    ["forget", undefined],
  ]);
});

test("what one window forgets, another window of the same session forgets too", async ({ page, chat, origin, context }) => {
  await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  await chat.ask("what is it");
  const stored = await page.evaluate(() => ({ ...sessionStorage }));
  const other = new Chat(await context.newPage());
  await standIn(other.page, {}, KINDS.answered);
  await other.page.addInitScript((entries) => Object.assign(sessionStorage, entries), stored);
  await other.open(origin);
  await expect(other.turns).toHaveCount(1);
  await choose(page, "Forget this conversation");
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(other.turns).toHaveCount(0);
});
