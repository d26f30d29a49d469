/** Sessions that outlive their connection, against the real server. */

import { ANSWERED, Chat, RETURN, expect, test } from "./fixtures.js";
import { Server } from "./server.js";

test.use({ mayLoseServer: true });
test.describe.configure({ timeout: 120_000 });

/** The greeting that the server gives to `first`, or to a newcomer. */
const greeting = (page, first) =>
  page.evaluate(
    (frame) =>
      new Promise((resolve, reject) => {
        const address = `${location.origin.replace("http", "ws")}/api/v1/chat?start=${frame ? "resume" : "new"}`;
        const socket = new WebSocket(address, "ibid.v1");
        socket.onopen = () => frame && socket.send(JSON.stringify(frame));
        socket.onerror = () => reject(new Error("no connection"));
        socket.onmessage = ({ data }) => {
          resolve(JSON.parse(data));
          socket.close();
        };
      }),
    first,
  );

const stored = (page) => page.evaluate(() => ({ ...sessionStorage }));
const session = async (page) => JSON.parse(Object.values(await stored(page))[0]).session;

test.beforeEach(async ({ page, origin, chat }) => {
  await chat.open(origin);
  const hello = await greeting(page);
  test.skip(!("last_seq" in hello), "the greeting has no last_seq: this server resumes no sessions");
});

test("a question whose connection breaks at once is answered once", async ({ page, chat, context }) => {
  for (let round = 1; round <= 5; round += 1) {
    await chat.input.fill(ANSWERED);
    await chat.input.press("Enter");
    await context.setOffline(true);
    await context.setOffline(false);
    await chat.reply();
    await expect(chat.turns).toHaveCount(round);
  }
  await chat.connected();
  await expect(page.locator(".reply > .quotes")).toHaveCount(5);
  await expect(page.locator(".note")).toHaveCount(0);
});

test("after a broken connection a follow-up is still understood", async ({ chat, context }) => {
  await chat.ask("What is PRRT?");
  await context.setOffline(true);
  await expect(chat.linkState).toContainText("offline");
  await context.setOffline(false);
  await chat.connected();
  const reply = await chat.ask("how long does it take to work?");
  await expect(reply.locator(".read-as")).toContainText("PRRT");
});

test("after a reload a follow-up is still understood", async ({ page, chat }) => {
  await chat.ask("What is PRRT?");
  await page.reload();
  await chat.connected();
  const reply = await chat.ask("how long does it take to work?");
  await expect(reply.locator(".read-as")).toContainText("PRRT");
  await expect(page.locator(".note")).toHaveCount(0);
});

test("a duplicated tab takes over, and the first can take it back with what it missed", async ({ page, chat, context, origin }) => {
  await chat.ask(ANSWERED);
  const copy = await context.newPage();
  const copied = await stored(page);
  await copy.addInitScript((entries) => {
    if (sessionStorage.length === 0) for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, copied);
  const other = new Chat(copy);
  await other.open(origin);
  await expect(other.turns).toHaveCount(1);
  await expect(chat.linkState).toContainText("goes on in another tab");
  await other.ask("Which tests will I need?");

  await page.getByRole("button", { name: "Continue here" }).click();
  await chat.connected();
  await expect(other.linkState).toContainText("goes on in another tab");
  await expect(chat.turns).toHaveCount(2);
  await expect(chat.turns.last()).toContainText("A question from another window");
});

test("what is forgotten is gone on the server too", async ({ page, chat }) => {
  await chat.ask(ANSWERED);
  const { id, token, seq } = await session(page);
  const resume = { type: "resume", session: id, token, after: seq };
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Forget this conversation" }).click();
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(page.locator(".note")).toContainText("here and on the server");
  expect((await greeting(page, resume)).resumed).toBe(false);
});

test("after kill -9 and a restart nothing is lost from the page, and what waited is asked", async ({ page }) => {
  const server = await Server.start();
  try {
    const chat = new Chat(page);
    await chat.open(server.origin);
    await chat.ask(ANSWERED);
    await server.kill();
    await expect(chat.linkState).toContainText("No connection");
    for (const question of ["Which tests will I need?", "What should I bring to my appointment?"]) {
      await chat.input.fill(question);
      await chat.input.press("Enter");
    }
    await server.restart();
    await chat.connected(RETURN);
    await expect(chat.turns).toHaveCount(3);
    await expect(page.locator(".reply > .quotes")).toHaveCount(3, RETURN);
  } finally {
    await server.stop();
  }
});
