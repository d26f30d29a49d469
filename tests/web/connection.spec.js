/** A connection that breaks must not cost the patient a question or the conversation. */

import { ANSWERED, RETURN, expect, test } from "./fixtures.js";
import { Server } from "./server.js";

test.use({ mayLoseServer: true });
test.describe.configure({ timeout: 120_000 });

test("a question asked while the server is away is sent when it is back", async ({ chat, page }) => {
  const server = await Server.start();
  try {
    await chat.open(server.origin);
    await chat.ask(ANSWERED);
    await server.kill();
    await expect(chat.linkState).toContainText("No connection");

    await chat.input.fill(ANSWERED);
    await chat.input.press("Enter");
    await expect(chat.turns).toHaveCount(2);
    await expect(chat.turns.last()).toContainText("Not sent yet");
    await expect(chat.input).toBeFocused();

    await server.restart();
    const reply = await chat.reply(RETURN);
    await expect(reply.locator("blockquote").first()).toContainText("days to weeks");
    await expect(chat.turns.first().locator("blockquote").first()).toContainText("days to weeks");
    await expect(chat.linkState).toBeEmpty();
    await expect(page.getByRole("button", { name: "Try now" })).toBeHidden();
  } finally {
    await server.stop();
  }
});

test("a server that stays away is named as gone, and the page comes back by itself", async ({ chat, page }) => {
  const server = await Server.start();
  try {
    await chat.open(server.origin);
    await server.kill();
    const again = page.getByRole("button", { name: "Try now" });
    for (let attempt = 0; attempt < 4; attempt += 1) await again.click();
    await expect(chat.linkState).toContainText("cannot be reached");
    await server.restart();
    await chat.connected(RETURN);
  } finally {
    await server.stop();
  }
});

test("losing the network is shown at once, and its return ends it", async ({ chat, context, origin }) => {
  await chat.open(origin);
  await context.setOffline(true);
  await expect(chat.linkState).toContainText("You are offline");
  await context.setOffline(false);
  await chat.connected();
  await expect(chat.linkState).toBeEmpty();
});
