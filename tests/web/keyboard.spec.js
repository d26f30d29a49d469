/** Every function by keyboard alone, with the focus always to be seen. */

import { ANSWERED, expect, test } from "./fixtures.js";
import { KINDS, standIn } from "./stand-in.js";

const MOST_STOPS = 80;

/** Goes on with Tab until the focus is on `target`; every stop on the way must show that it has the focus. */
async function tabTo(page, target, key = "Tab") {
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    if (await target.evaluate((element) => element === element.getRootNode().activeElement)) return;
    await page.keyboard.press(key);
    const shown = await page.evaluate(() => {
      let focus = document.activeElement;
      while (focus?.shadowRoot?.activeElement) focus = focus.shadowRoot.activeElement;
      if (!focus || focus === document.body) return "solid";
      return getComputedStyle(focus).outlineStyle;
    });
    expect(shown, "the focus is shown").not.toBe("none");
  }
  throw new Error(`no way by keyboard to ${target}`);
}

test("everything in a conversation can be done", async ({ chat, page, origin, context }) => {
  await page.addInitScript(() => (window.print = () => (window.printed = (window.printed ?? 0) + 1)));
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const frames = await standIn(page, {}, KINDS.answered, KINDS.unsure, KINDS.answered);
  await chat.open(origin);
  const press = async (target, key = "Enter", way = "Tab") => {
    await tabTo(page, target, way);
    await page.keyboard.press(key);
  };

  await press(page.getByRole("link", { name: "Skip to the question box" }));
  await expect(chat.input).toBeFocused();
  await press(page.getByRole("button", { name: "What is it?" }), "Enter", "Shift+Tab");
  const first = chat.turns.first();
  await expect(first.locator("blockquote").first()).toBeVisible();
  await press(first.getByText("Literature (2)").first());
  await expect(first.locator("ul.literature").first()).toBeVisible();
  await press(first.getByText("Show the text around it").first(), "Space");
  await expect(first.locator(".passage").first()).toBeVisible();
  await press(first.getByRole("button", { name: "Copy quote" }).first());
  await expect(first.getByRole("button", { name: "Copied" })).toBeVisible();
  await press(first.getByText("1 more quote"));
  await press(first.getByRole("button", { name: "No", exact: true }));
  await press(first.getByRole("button", { name: "It could be dangerous" }));
  await expect(first.locator(".feedback")).toBeFocused();
  await press(first.getByRole("button", { name: "And then?" }));
  const second = chat.turns.nth(1);
  await press(second.getByRole("button", { name: "Search for my words as typed" }));
  await expect(chat.turns).toHaveCount(3);
  expect(frames.filter(({ type }) => type === "feedback")).toHaveLength(1);

  const options = page.getByRole("button", { name: "Options" });
  await press(options, "Enter", "Shift+Tab");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    press(page.getByRole("button", { name: "Save as a text file" })),
  ]);
  expect(download.suggestedFilename()).toBe("conversation.txt");
  await expect(options).toBeFocused();
  await page.keyboard.press("Enter");
  await press(page.getByRole("button", { name: "Print" }));
  expect(await page.evaluate(() => window.printed)).toBe(1);
  await page.keyboard.press("Enter");
  await tabTo(page, page.locator("#menu").getByRole("link", { name: "Call the ward" }));
  await page.keyboard.press("Escape");
  await expect(options).toBeFocused();
  await expect(options).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Enter");
  await press(page.getByRole("button", { name: "Forget this conversation" }));
  await page.keyboard.press("Escape");
  await expect(chat.turns).toHaveCount(3);
  await expect(options).toBeFocused();
  await page.keyboard.press("Enter");
  await press(page.getByRole("button", { name: "Forget this conversation" }));
  await press(page.getByRole("button", { name: "Forget it" }));
  await expect(chat.turns).toHaveCount(0);
  await expect(chat.input).toBeFocused();
});

test("Enter that ends a word of an input method does not send, also where the browser says that nothing is composed", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  await chat.input.fill("什么");
  await chat.input.evaluate((input) => {
    const members = { key: "Enter", bubbles: true, cancelable: true };
    input.dispatchEvent(new KeyboardEvent("keydown", { ...members, keyCode: 229 }));
    input.dispatchEvent(new KeyboardEvent("keydown", { ...members, keyCode: 13, isComposing: true }));
  });
  await expect(chat.input).toHaveValue("什么");
  await chat.input.press("Enter");
  await expect(chat.turns).toHaveCount(1);
  expect(frames.filter(({ type }) => type === "ask")).toHaveLength(1);
});

test("a reference opens the document at the quote", async ({ chat, page, origin, context }) => {
  await chat.open(origin);
  await chat.input.focus();
  await page.keyboard.type(ANSWERED);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Send" })).toBeFocused();
  await page.keyboard.press("Enter");
  const reply = await chat.reply();
  await expect(chat.input).toBeFocused();
  await tabTo(page, reply.locator("a.reference").first(), "Shift+Tab");
  const [document] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Enter")]);
  await expect(document.locator("mark.quote").first()).toBeFocused();
});

test("the panel opens, is walked through and left, without a trap beside the site", async ({ chat, page, origin }) => {
  await page.goto(`${origin}/demo`);
  const launcher = page.getByRole("button", { name: "Ask a question" });
  await tabTo(page, launcher);
  await page.keyboard.press("Enter");
  await expect(chat.input).toBeFocused();
  await tabTo(page, page.getByRole("button", { name: "Close" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(launcher).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chat.input).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(launcher).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Your visit" }), "Shift+Tab");
});
