/** No violations that axe-core can find, in every state, in light and in dark, on a phone and on a screen. */

import { AxeBuilder } from "@axe-core/playwright";
import { ANSWERED, expect, test } from "./fixtures.js";
import { KINDS, standIn } from "./stand-in.js";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * @param {import("@playwright/test").Page} page
 * @param {string} state
 * @param {string} [part] where the state differs from one that was looked at already
 */
async function expectAccessible(page, state, part = "html") {
  // Without preload, which would put inline style sheets into a page whose policy forbids them.
  const builder = new AxeBuilder({ page }).include(part).withTags(RULES).options({ preload: false });
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(found, state).toEqual([]);
}

test.describe.configure({ timeout: 120_000 });

for (const colorScheme of ["light", "dark"]) {
  for (const width of [320, 1280]) {
    test.describe(`in ${colorScheme} at ${width} px`, () => {
      test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" }, viewport: { width, height: 800 } });

      test("a first visit, every kind of answer, the menu and its question", async ({ page, chat, origin }) => {
        await standIn(page, {}, ...Object.values(KINDS), null);
        await chat.open(origin);
        for (const kind of Object.keys(KINDS)) await chat.ask(kind);
        await chat.input.fill("searching");
        await chat.input.press("Enter");
        await expect(chat.turns.last().locator(".indicator")).toBeVisible();
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await chat.turns.first().getByRole("button", { name: "No", exact: true }).click();
        await chat.input.fill("too long ".repeat(40));
        await chat.input.press("Enter");
        await expect(page.locator("#composer-error")).not.toBeEmpty();
        await expectAccessible(page, "the welcome, and a conversation with everything");
        await page.getByRole("button", { name: "Options" }).click();
        await expectAccessible(page, "the menu", ".masthead");
        await page.getByRole("button", { name: "Forget this conversation" }).click();
        await expectAccessible(page, "the question before forgetting", ".confirm");
      });

      test("states of the connection", async ({ page, chat, origin, context }) => {
        const close = { code: 1008 };
        await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => socket.close(close));
        await page.goto(origin);
        await expect(chat.linkState).not.toBeEmpty();
        await expectAccessible(page, "not let in, before any greeting");
        close.code = 4409;
        await page.reload();
        await expect(page.getByRole("button", { name: "Continue here" })).toBeVisible();
        await expectAccessible(page, "taken over", ".dock");
        close.code = 1001;
        await page.reload();
        await chat.input.fill("kept");
        await chat.input.press("Enter");
        await expect(chat.turns.last()).toContainText("Not sent yet");
        await context.setOffline(true);
        await expect(chat.linkState).toContainText("offline");
        await expectAccessible(page, "offline, with a question kept", "main");
      });

      test("the widget, closed and open, and the document", async ({ page, chat, origin }) => {
        await page.goto(`${origin}/demo`);
        await expectAccessible(page, "closed");
        await page.getByRole("button", { name: "Ask a question" }).click();
        const reply = await chat.ask(ANSWERED);
        await expectAccessible(page, "open", "ibid-chat");
        const link = await reply.locator("a.reference").first().getAttribute("href");
        await page.goto(new URL(link ?? "", origin).href);
        await expect(page.locator("mark.quote").first()).toBeInViewport();
        await expectAccessible(page, "the document");
      });
    });
  }
}
