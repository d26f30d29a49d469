/** No violations that axe-core can find, in each main state, in light and in dark. */

import { AxeBuilder } from "@axe-core/playwright";
import { ANSWERED, OFF_TOPIC, expect, test } from "./fixtures.js";

/** @param {import("@playwright/test").Page} page */
async function expectAccessible(page) {
  // Without preload, which would put inline style sheets into a page whose policy forbids them.
  const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(found).toEqual([]);
}

for (const colorScheme of ["light", "dark"]) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test.beforeEach(async ({ chat, origin }) => chat.open(origin));

    test("first visit", async ({ page }) => expectAccessible(page));

    test("after an answer, with its details open", async ({ page, chat }) => {
      const reply = await chat.ask(ANSWERED);
      for (const summary of await reply.locator("summary").all()) await summary.click();
      await expectAccessible(page);
    });

    test("nothing found", async ({ page, chat }) => {
      await chat.ask(OFF_TOPIC);
      await expectAccessible(page);
    });

    test("a question that is too long", async ({ page, chat }) => {
      await chat.input.fill("too long ".repeat(4000));
      await chat.input.press("Enter");
      await expect(page.getByRole("alert")).not.toBeEmpty();
      await expectAccessible(page);
    });

    test("the document page", async ({ page, chat, origin }) => {
      const reply = await chat.ask(ANSWERED);
      const link = await reply.locator("a.reference").first().getAttribute("href");
      await page.goto(new URL(link ?? "", origin).href);
      await expect(page.locator("mark.quote").first()).toBeInViewport();
      await expectAccessible(page);
    });
  });
}

test("the conversation is a log that does not read itself out, beside a brief announcement", async ({ page, chat, origin }) => {
  await chat.open(origin);
  await expect(chat.log).toHaveAttribute("aria-live", "off");
  await chat.ask(ANSWERED);
  const announcer = page.locator("#announcer");
  await expect(announcer).toHaveAttribute("aria-live", "polite");
  await expect(announcer).toContainText("From ");
  await chat.ask(OFF_TOPIC);
  await expect(announcer).not.toContainText("days to weeks");
  await expect(page.getByRole("heading", { level: 2, name: ANSWERED })).toBeVisible();
});
