/** What a screen reader is given: the tree of the transcript, and what is said without being asked for. */

import { expect, test } from "./fixtures.js";
import { CITATION, KINDS, standIn } from "./stand-in.js";

test("an answer reads as question, quote, place, and what can be done", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  await chat.ask("what is it");
  await expect(chat.log).toMatchAriaSnapshot(`
    - log "Conversation":
      - paragraph: Hello.
      - heading "What this can and cannot do" [level=2]
      - paragraph: It quotes. It does not advise.
      - paragraph:
        - link "What happens with your data (opens in a new tab)"
      - paragraph: Reach a person
      - list:
        - listitem:
          - link "Call the ward"
        - listitem:
          - link "Write to us"
      - paragraph: For example
      - list "For example":
        - listitem:
          - button "What is it?"
      - 'heading "You asked: what is it" [level=2]'
      - paragraph: From the documents
      - figure /.*/:
        - heading "Quote 1 of 2" [level=3]
        - paragraph: What it is about
        - blockquote:
          - text: The
          - mark: first
          - text: sentence.
        - text: A document › One › Two, lines 3–4
        - link "Open in the document (opens in a new tab)"
        - text: Reviewed June 5, 2021
        - group: Literature (2)
        - group: Show the text around it
        - button "Copy quote"
      - paragraph: This very likely answers your question.
      - group: 1 more quote
      - group "Did this help?":
        - text: Did this help?
        - button "Yes"
        - button "No"
      - paragraph: You could also ask
      - list "You could also ask":
        - listitem:
          - button "And then?"
  `);
});

test("an emergency comes first and as a group of its own", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.emergency);
  await chat.open(origin);
  const reply = await chat.ask("my chest hurts");
  await expect(reply).toMatchAriaSnapshot(`
    - group "Get help now":
      - heading "Get help now" [level=3]
      - paragraph: Call at once.
      - list:
        - listitem:
          - link "Call 112"
    - paragraph: From the documents
    - figure /.*/
  `);
});

test("the log is silent; the newest answer is said once, an emergency at once", async ({ page, chat, origin }) => {
  await standIn(page, {}, {}, KINDS.missing, KINDS.emergency);
  await chat.open(origin);
  await expect(chat.log).toHaveAttribute("aria-live", "off");
  const said = page.locator("#announcer");
  const alarm = page.locator("#alarm");
  await expect(said).toHaveAttribute("aria-live", "polite");
  await expect(alarm).toHaveAttribute("aria-live", "assertive");

  await chat.ask("one");
  await expect(said).toHaveText(
    `One quote. ${CITATION.lead_in} “${CITATION.quote}” From A document › One › Two, lines 3–4.`,
  );
  await chat.ask("two");
  await expect(said).toHaveText("The documents here do not answer that.");
  await expect(alarm).toBeEmpty();
  await chat.ask("three");
  await expect(alarm).toHaveText("Get help now. Call at once. Call 112.");
});

test("how a question was read is said before its answer", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.unsure);
  await chat.open(origin);
  await chat.ask("what is recepter therapy");
  await expect(page.locator("#announcer")).toHaveText(/^I read this as “What is receptor therapy\?” This may not be the answer/);
});

test("what was said before a reload is not said again", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.emergency);
  await chat.open(origin);
  await chat.ask("one");
  await page.evaluate(() => sessionStorage.setItem("probe", "1"));
  await page.addInitScript(() => {
    window.said = [];
    new MutationObserver(() => {
      for (const id of ["announcer", "alarm"]) {
        const text = document.getElementById(id)?.textContent;
        if (text) window.said.push(text);
      }
    }).observe(document, { subtree: true, childList: true });
  });
  await page.reload();
  await chat.connected();
  await expect(page.locator(".notice")).toBeVisible();
  await chat.ask("two");
  await expect.poll(() => page.evaluate(() => window.said.filter((text) => text.includes("Get help")).length)).toBeGreaterThan(0);
  const turns = await page.evaluate(() => new Set(window.said).size);
  expect(turns, "one alarm and one answer, both of the new question").toBe(2);
});

test("the quote carries its own language, the page the visitor's", async ({ browser, origin }) => {
  const context = await browser.newContext({ locale: "de-AT" });
  const page = await context.newPage();
  await standIn(page, {}, KINDS.answered);
  await page.goto(origin);
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("textbox", { name: "Ihre Frage" }).fill("was ist das");
  await page.getByRole("button", { name: "Senden" }).click();
  await expect(page.locator("blockquote").first()).toHaveAttribute("lang", "en");
  await expect(page.locator(".sureness")).toHaveText("Das beantwortet Ihre Frage sehr wahrscheinlich.");
  await context.close();
});
