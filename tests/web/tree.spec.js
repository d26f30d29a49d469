/** What a screen reader is given: the tree of the transcript, and what is said without being asked for. */

import { expect, test } from "./fixtures.js";
import { CITATION, HELLO, KINDS, standIn } from "./stand-in.js";

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
    `This may answer your question. One quote. ${CITATION.lead_in} “${CITATION.quote}” From A document › One › Two, lines 3–4.`,
  );
  await chat.ask("two");
  await expect(said).toHaveText("The documents here do not answer that.");
  await expect(alarm).toBeEmpty();
  await chat.ask("three");
  await expect(alarm).toHaveText("Get help now. Call at once. Call 112.");
});

test("what was said does not stay beside the question box, to be read a second time", async ({ page, chat, origin }) => {
  await page.clock.install();
  await standIn(page, {}, KINDS.emergency);
  await chat.open(origin);
  await chat.ask("my chest hurts");
  await page.clock.runFor(1_000);
  for (const region of ["#announcer", "#alarm"]) await expect(page.locator(region)).not.toBeEmpty();
  await page.clock.runFor(15_000);
  for (const region of ["#announcer", "#alarm"]) await expect(page.locator(region)).toBeEmpty();
  await expect(chat.log.locator(".notice"), "it stands in the conversation").toBeVisible();
});

test("of a conversation that is forgotten in another window nothing is left to be read", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.emergency);
  await chat.open(origin);
  await chat.ask("my chest hurts");
  await expect(page.locator("#alarm")).toContainText("Get help now");
  await expect(page.locator("#announcer")).toContainText(CITATION.quote);
  await page.evaluate(() => new BroadcastChannel("ibid").postMessage({ forgotten: "s" }));
  await expect(chat.turns).toHaveCount(0);
  for (const region of ["#announcer", "#alarm"]) expect(await page.locator(region).textContent()).toBe("");
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

test("what is said is marked with its language where that is not the interface's", async ({ page, chat, origin }) => {
  const reference = { ...CITATION.reference, language: "fr" };
  const hello = { service: { ...HELLO.service, language: "de" } };
  await standIn(page, { hello }, { ...KINDS.emergency, citations: [{ ...CITATION, reference }] });
  await chat.open(origin);
  await chat.ask("my chest hurts");
  const said = page.locator("#announcer p > span");
  await expect(said.first()).toHaveText(`${CITATION.lead_in} “${CITATION.quote}”`);
  expect(await said.evaluateAll((spans) => spans.map(({ lang }) => lang))).toEqual(["fr", "fr"]);
  await expect(page.locator("#alarm span")).toHaveAttribute("lang", "de");
});

test("the operator's labels and the nearest headings carry the operator's language", async ({ page, chat, origin }) => {
  await standIn(page, { hello: { service: { ...HELLO.service, language: "de" } } }, KINDS.missing);
  await chat.open(origin);
  const reply = await chat.ask("the lid of the kettle");
  await expect(reply.locator(".nearest li")).toHaveAttribute("lang", "de");
  await expect(reply.locator(".nearest li .visually-hidden"), "not the words of the interface").toHaveAttribute("lang", "en");
  await expect(reply.locator(".contact ul")).toHaveAttribute("lang", "de");
});

test("a question that cannot be sent is said to be kept, one that is held to be sent again", async ({ page, chat, origin }) => {
  let line;
  await standIn(page, { opened: (socket) => (line = socket) }, KINDS.busy);
  await chat.open(origin);
  const said = page.locator("#announcer");
  await chat.ask("one");
  await expect(said).toHaveText(/busy right now\. Your question will be sent again in \d+ seconds\. To stop that, choose “Do not send again”\./);
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => socket.close({ code: 1001 }));
  line.close(1001);
  await expect(chat.linkState).toContainText("No connection");
  await chat.input.fill("two");
  await chat.input.press("Enter");
  await expect(said).toContainText("Not sent yet. Your question is kept");
});

test("what was forgotten is no longer said to be searched for", async ({ page, chat, origin }) => {
  await page.clock.install();
  await standIn(page, {}, null);
  await chat.open(origin);
  await chat.input.fill("one");
  await chat.input.press("Enter");
  await expect(page.locator(".indicator")).toBeVisible();
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Forget this conversation" }).click();
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(chat.turns).toHaveCount(0);
  await page.clock.runFor(14_000);
  await expect(chat.log).toContainText("forgotten, here and on the server");
  await page.clock.runFor(6_000);
  await expect(page.locator("#announcer")).not.toContainText("Still searching");
});
