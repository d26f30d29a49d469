/** A person in the conversation, and a connection that rests meanwhile. The test plays the server; see stand-in.js. */

import { Chat, expect, test as base } from "./fixtures.js";
import { HELLO, KINDS, standIn } from "./stand-in.js";

const test = base.extend({
  /** The newest connection of the page. */
  line: async ({}, use) => use({}),
  /** The frames that the page sends. */
  frames: async ({ page, line }, use) => {
    const options = {
      hello: { service: { ...HELLO.service, handoff: true } },
      opened: (socket) => Object.assign(line, socket),
    };
    await use(await standIn(page, options, KINDS.answered));
  },
});

test.use({ contextOptions: { reducedMotion: "reduce" }, viewport: { width: 390, height: 500 } });

const writes = (text) => ({ type: "message", author: "agent", text });
const scrolled = (page) => page.evaluate(() => scrollY);

test("what a person writes is brought into sight, unless the reader has scrolled away", async ({ page, chat, origin, line, frames }) => {
  await chat.open(origin);
  await chat.ask("what is it");
  expect(frames).toHaveLength(1);
  line.tell({ type: "handoff", state: "accepted" });
  for (let count = 1; count <= 8; count += 1) line.tell(writes(`Message ${count}`));
  await expect(chat.log.getByText("Message 8")).toBeInViewport({ ratio: 1 });

  await page.mouse.move(100, 100);
  await page.mouse.wheel(0, -5000);
  await expect.poll(() => scrolled(page)).toBe(0);
  line.tell(writes("Message 9"));
  await expect(page.locator("#announcer")).toContainText("Message 9");
  expect(await scrolled(page)).toBe(0);
});

test("judging an answer does not move the page", async ({ page, chat, origin, frames }) => {
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await reply.getByRole("button", { name: "Yes" }).focus();
  const before = await scrolled(page);
  await page.keyboard.press("Enter");
  await expect(page.locator("#announcer")).toContainText("Thank you");
  expect(Math.abs((await scrolled(page)) - before), "the buttons were a little higher").toBeLessThan(40);
  expect(frames.at(-1).type).toBe("feedback");
});

test("a connection that rests comes back when it is told to, and for the wish for a person", async ({ page, chat, origin, line, frames }) => {
  await chat.open(origin);
  line.close(4408);
  await expect(chat.linkState).toContainText("resting");
  await page.getByRole("button", { name: "Try now" }).click();
  await chat.connected();
  await expect(chat.input).toBeFocused();

  line.close(4408);
  await expect(chat.linkState).toContainText("resting");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Talk to a person" }).click();
  await expect(chat.log).toContainText("A person is asked for as soon as there is a connection.");
  await expect.poll(() => frames.map(({ type }) => type)).toEqual(["resume", "resume", "handoff"]);
});

test("a person's message is told on the launcher, also on the next page of the site", async ({ page, origin, line, frames }) => {
  const chat = new Chat(page);
  const news = page.getByRole("button", { name: "A new answer is here" });
  await page.goto(`${origin}/demo`);
  await page.locator(".launcher").click();
  await chat.connected();
  line.tell({ type: "handoff", state: "accepted" });
  await expect(chat.log).toContainText("A person has joined");
  await page.keyboard.press("Escape");
  line.tell(writes("Hello."));
  await expect(news).toBeVisible();

  await page.reload();
  await expect.poll(() => frames.map(({ type }) => type)).toEqual(["resume"]);
  line.tell(writes("Are you there?"));
  await expect(news).toBeVisible();
  await page.locator(".launcher").click();
  await expect(chat.log.getByText("Are you there?")).toBeInViewport({ ratio: 1 });
});

test("a person who can no longer come is said to be lost, also after a reload", async ({ page, chat, origin }) => {
  let line;
  let isKnown = true;
  await standIn(page, { opened: (socket) => (line = socket), forgets: () => !isKnown }, KINDS.answered);
  await chat.open(origin);
  line.tell({ type: "handoff", state: "requested" });
  await expect(chat.log).toContainText("A person has been asked to join.");
  isKnown = false;
  line.close(1001);
  const lost = "The person can no longer reach you here. Please ask for one again.";
  await expect(chat.log).toContainText(lost);
  await expect(page.locator("#announcer")).toContainText(lost);
  isKnown = true;
  await page.reload();
  await chat.connected();
  await expect(chat.log.getByText(lost)).toHaveCount(1);
});

test("what comes together is all said", async ({ page, chat, origin, line, frames }) => {
  await chat.open(origin);
  line.tell({ type: "handoff", state: "accepted" });
  line.tell(writes("Hello."));
  line.tell(writes("How can I help?"));
  await expect(page.locator("#announcer p")).toHaveText([
    "A person has joined the conversation.",
    "A person writes: Hello.",
    "A person writes: How can I help?",
  ]);
  expect(frames).toEqual([]);
});
