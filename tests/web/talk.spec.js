/** What is not a plain question: danger, small talk, follow-ups. Against the real server. */

import { ANSWERED, expect, test } from "./fixtures.js";

test.beforeEach(async ({ chat, origin }) => chat.open(origin));

test("danger brings a notice with links, before the quotes, and is read out", async ({ chat, page }) => {
  const reply = await chat.ask(`${ANSWERED} My husband has collapsed.`);
  const notice = reply.locator(".notice");
  await expect(notice).toBeVisible();
  await expect(notice.getByRole("link").first()).toHaveAttribute("href", "tel:112");
  await expect(reply.locator(":scope > *").first()).toHaveClass(/notice/);
  await expect(reply.locator("blockquote").first()).toBeVisible();
  await expect(page.locator("#alarm")).toContainText(await notice.getByRole("heading").innerText());
});

test("a crisis has its own notice, also in the middle of a conversation", async ({ chat }) => {
  await chat.ask(ANSWERED);
  const reply = await chat.ask("i dont want to live any more");
  await expect(reply.locator(".notice")).toHaveClass(/crisis/);
  await expect(reply.getByRole("link", { name: /988/ })).toHaveAttribute("href", "tel:988");
});

test("small talk and the wish for a person get a text and no quotes", async ({ chat }) => {
  for (const message of ["hello", "thank you!", "are you a real person?", "I want to talk to a nurse"]) {
    const reply = await chat.ask(message);
    await expect(reply.locator(".message")).not.toBeEmpty();
    await expect(reply.locator("blockquote")).toHaveCount(0);
    await expect(reply.locator(".notice")).toHaveCount(0);
  }
});

test("a follow-up shows how it was read", async ({ chat }) => {
  await chat.ask("What is PRRT?");
  const reply = await chat.ask("how long does it take to work?");
  await expect(reply.locator(".read-as")).toContainText("how long does PRRT take to work?");
  await expect(reply.locator("blockquote").first()).toContainText("days to weeks");
});
