/**
 * States that the shipped corpus and a healthy server hardly produce. Here the
 * test itself is the server's end of the socket and sends frames of its own, so
 * these tests show what the page makes of a frame, not that a server sends it.
 */

import { expect, test } from "./fixtures.js";

const HELLO = {
  type: "hello",
  seq: 1,
  protocol: "ibid.v1",
  session: "s",
  token: "t",
  title: "Questions",
  greeting: "Hello.",
  suggestions: ["What is it?"],
  limits: { question_chars: 100 },
  heartbeat_secs: 20,
  resumed: false,
};

const CITATION = {
  rank: 1,
  score: 1,
  confidence: 0.4,
  quote: "The first sentence.",
  runs: [
    { text: "The ", match: false },
    { text: "first", match: true },
    { text: " sentence.", match: false },
  ],
  passage: "Before it. The first sentence. After it.",
  lead_in: "What it is about",
  reference: {
    document: "a.md",
    title: "A document",
    section: ["One", "Two"],
    lines: [3, 4],
    page: null,
    url: null,
    reviewed: "2021-06-05",
    language: "en",
    link: "/documents/a.md#b1-2",
    bibliography: [
      { label: "5", text: "A study. doi:10.1000/182.", url: null, doi: "10.1000/182", relation: "cited" },
      { label: null, text: "Another.", url: "javascript:alert(1)", doi: null, relation: "related" },
    ],
  },
};

/**
 * Stands in for the server; the replies are given in turn, the last one again and again.
 * @param {import("@playwright/test").Page} page
 * @param {...object} replies answers, or frames with a type of their own
 */
async function serve(page, ...replies) {
  const asked = [];
  await page.routeWebSocket("**/api/v1/chat", (socket) => {
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type !== "ask") return socket.send(JSON.stringify({ type: "pong" }));
      const reply = replies[Math.min(asked.length, replies.length - 1)];
      asked.push(frame);
      const whole = "type" in reply ? reply : { type: "answer", answer: answer(reply) };
      socket.send(JSON.stringify({ seq: 1 + asked.length, in_reply_to: frame.id, ...whole }));
    });
    socket.send(JSON.stringify(HELLO));
  });
  return asked;
}

/** @param {object} parts */
const answer = (parts) => ({ outcome: "answered", citations: [CITATION], related: [], ...parts });

test("low confidence is said before the quote, and so is another reading", async ({ page, chat, origin }) => {
  await serve(page, { outcome: "low_confidence", read_as: "What is receptor therapy?" });
  await chat.open(origin);
  const reply = await chat.ask("what is recepter therapy");
  await expect(reply.locator(".caution")).toContainText("may not be the answer");
  await expect(reply).toContainText("I read this as “What is receptor therapy?”");
  await expect(reply.locator(".lead-in")).toHaveText("What it is about");
  await expect(page.locator("#announcer")).toContainText("may not be the answer");
});

test("literature is named for what it is, and only harmless addresses are links", async ({ page, chat, origin }) => {
  await serve(page, {});
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator("figcaption")).toContainText("Reviewed June 5, 2021");
  await reply.getByText("Literature (2)").click();
  await expect(reply).toContainText("Literature named by the document for this passage:");
  await expect(reply).toContainText("Related literature in this document:");
  const links = reply.locator(".literature a");
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAttribute("href", "https://doi.org/10.1000/182");
  await reply.getByText("Show the text around it").click();
  await expect(reply.locator(".passage mark")).toHaveText(CITATION.quote);
});

test("a notice stands before the quotes, with its actions", async ({ page, chat, origin }) => {
  const actions = [
    { label: "Call 112", href: "tel:112" },
    { label: "Find help", href: "https://help.example/" },
    { label: "Harmful", href: "javascript:alert(1)" },
  ];
  await serve(page, { outcome: "red_flag", notice: { kind: "emergency", title: "Get help now", text: "Call.", actions } });
  await chat.open(origin);
  const reply = await chat.ask("my chest hurts");
  const notice = reply.getByRole("alert", { name: "Get help now" });
  await expect(notice.getByRole("link", { name: "Call 112" })).toHaveAttribute("href", "tel:112");
  await expect(notice.getByRole("link")).toHaveCount(2);
  await expect(reply.locator(":scope > *").first()).toHaveClass(/notice/);
  await expect(reply.locator("blockquote")).toHaveText(CITATION.quote);
  await expect(page.locator("#announcer")).toContainText("Get help now");
});

test("markup in served text stays text", async ({ page, chat, origin }) => {
  const quote = "<b>bold</b><img src=x onerror=alert(1)>";
  await serve(page, { citations: [{ ...CITATION, quote, passage: quote, runs: [{ text: quote, match: true }] }] });
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator("blockquote")).toHaveText(quote);
  await expect(reply.locator("img, b")).toHaveCount(0);
});

test("related questions and suggestions ask when pressed", async ({ page, chat, origin }) => {
  const asked = await serve(page, { related: ["And then?"] });
  await chat.open(origin);
  await page.getByRole("button", { name: "What is it?" }).click();
  await page.getByRole("button", { name: "And then?" }).first().click();
  await expect(chat.turns).toHaveCount(2);
  await expect.poll(() => asked.map((frame) => frame.question)).toEqual(["What is it?", "And then?"]);
});

test("each reason for finding nothing has words of its own", async ({ page, chat, origin }) => {
  const reasons = ["no_match", "off_topic", "too_vague", "empty", "language"];
  await serve(page, ...reasons.map((reason) => ({ outcome: "not_found", reason, citations: [] })));
  await chat.open(origin);
  const said = new Set();
  for (const reason of reasons) said.add(await (await chat.ask(reason)).textContent());
  expect(said.size).toBe(reasons.length);
});

test("a busy service is asked again by itself after the time it gave", async ({ page, chat, origin }) => {
  const asked = await serve(page, { type: "error", code: "busy", detail: "busy", retry_after_ms: 1000 }, {});
  await chat.open(origin);
  await chat.input.fill("what is it");
  await chat.input.press("Enter");
  await expect(chat.turns.last()).toContainText("will be sent again in 1 second");
  await expect(chat.turns.last().locator("blockquote")).toHaveText(CITATION.quote);
  expect(asked.map((frame) => frame.question)).toEqual(["what is it", "what is it"]);
  expect(asked[0].id).not.toBe(asked[1].id);
});

test("sending again can be declined, and done by hand", async ({ page, chat, origin }) => {
  const asked = await serve(page, { type: "error", code: "busy", detail: "busy", retry_after_ms: 60_000 }, {});
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await reply.getByRole("button", { name: "Do not send again" }).click();
  await expect(reply).toContainText("not sent again");
  expect(asked).toHaveLength(1);
  await reply.getByRole("button", { name: "Send again" }).click();
  await expect(reply.locator("blockquote")).toHaveText(CITATION.quote);
});

test("a question that the service finds too long can be edited", async ({ page, chat, origin }) => {
  await serve(page, { type: "error", code: "question_too_long", detail: "too long" });
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply).toContainText("too long");
  await reply.getByRole("button", { name: "Edit the question" }).click();
  await expect(chat.input).toHaveValue("what is it");
  await expect(chat.input).toBeFocused();
});

test("the counter shows near the limit", async ({ page, chat, origin }) => {
  await serve(page, {});
  await chat.open(origin);
  await chat.input.fill("a".repeat(50));
  await expect(page.locator("#counter")).toBeEmpty();
  await chat.input.fill("a".repeat(99));
  await expect(page.locator("#counter")).toHaveText("1 character left");
  await chat.input.fill("🙂".repeat(100));
  await expect(page.locator("#counter")).toHaveText("0 characters left");
});

test("a link that is dead but not closed is noticed and replaced", async ({ page, chat, origin }) => {
  let connections = 0;
  await page.routeWebSocket("**/api/v1/chat", (socket) => {
    connections += 1;
    socket.onMessage(() => undefined);
    socket.send(JSON.stringify({ ...HELLO, heartbeat_secs: 0.3 }));
  });
  await chat.open(origin);
  await expect.poll(() => connections).toBeGreaterThan(1);
});
