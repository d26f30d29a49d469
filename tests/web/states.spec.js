/** What the page makes of frames that a healthy server seldom sends. The test plays the server; see stand-in.js. */

import { expect, test } from "./fixtures.js";
import { CITATION, HELLO, KINDS, questions, standIn } from "./stand-in.js";

test("low confidence is said before the quote, and so is another reading", async ({ page, chat, origin }) => {
  await standIn(page, {}, { outcome: "low_confidence", read_as: "What is receptor therapy?" });
  await chat.open(origin);
  const reply = await chat.ask("what is recepter therapy");
  await expect(reply.locator(".caution")).toContainText("may not be the answer");
  await expect(reply).toContainText("I read this as “What is receptor therapy?”");
  await expect(reply.locator(".lead-in")).toHaveText("What it is about");
  await expect(page.locator("#announcer")).toContainText("may not be the answer");
});

test("the operator's caution is shown and said once, in the place of the page's own", async ({ page, chat, origin }) => {
  const message = "These leaflets may not answer that.";
  await standIn(page, { hello: { service: { ...HELLO.service, language: "en" } } }, { outcome: "low_confidence", message });
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator(".caution")).toHaveText(message);
  await expect(reply.locator(".bubble"), "no message beside it").toHaveCount(1);
  await expect(page.locator("#announcer")).toHaveText(new RegExp(`^${message} One quote\\.`));
});

test("the words as typed can be insisted on", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, KINDS.unsure, KINDS.answered);
  await chat.open(origin);
  const reply = await chat.ask("what is recepter therapy");
  await reply.getByRole("button", { name: "Search for my words as typed" }).click();
  await expect(chat.turns).toHaveCount(2);
  await expect(chat.turns.last()).toContainText("searched exactly as typed");
  const [first, second] = frames.filter(({ type }) => type === "ask");
  expect([first.as_typed, second.as_typed]).toEqual([undefined, true]);
  expect(second.question).toBe("what is recepter therapy");
});

test("confidence is said in words", async ({ page, chat, origin }) => {
  await standIn(page, {}, { confidence: 0.9 }, { confidence: 0.6 }, { confidence: 0.35 });
  await chat.open(origin);
  for (const words of ["very likely answers", "probably answers", "may answer"]) {
    await expect((await chat.ask("what is it")).locator(".sureness")).toContainText(words);
  }
});

test("several quotes are folded, and each has its reference", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator("blockquote").last()).toBeHidden();
  await reply.getByText("1 more quote").click();
  await expect(reply.getByRole("heading", { name: "Quote 2 of 2" })).toBeVisible();
  await expect(reply.locator("blockquote").last()).toHaveText("After it.");
  await expect(reply.getByRole("link", { name: /Open in the document/ })).toHaveCount(2);
});

test("where nothing is found it says what was looked for, what is near, and whom to ask", async ({ page, chat, origin }) => {
  await standIn(page, {}, KINDS.missing);
  await chat.open(origin);
  const reply = await chat.ask("the lid of the kettle");
  await expect(reply).toContainText("I looked for: kettle, lid.");
  await expect(reply.getByRole("link", { name: /Kettles › Lids/ })).toHaveAttribute("href", `${origin}/documents/kettles.md#lids`);
  await expect(reply.getByRole("link", { name: "Call the ward" })).toHaveAttribute("href", "tel:+15550100");
});

test("a first visit shows what the operator says of the service", async ({ page, chat, origin }) => {
  await standIn(page, { hello: { service: { ...HELLO.service, accent: "#ffcc00" } } }, {});
  await chat.open(origin);
  const welcome = page.locator(".welcome");
  await expect(welcome).toContainText("It quotes. It does not advise.");
  await expect(welcome.getByRole("link", { name: "Write to us" })).toHaveAttribute("href", "mailto:ward@clinic.example");
  await expect(welcome.getByRole("link", { name: /your data/ })).toHaveAttribute("href", "https://clinic.example/privacy");
  const accent = await page.evaluate(() => document.documentElement.style.getPropertyValue("--brand-accent"));
  expect(accent, "yellow on white cannot be read, so it is darkened").not.toBe("#ffcc00");
  expect(accent).toMatch(/^#[0-9a-f]{6}$/);
});

test("an answer is judged, with a reason, and the judgement stays", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await reply.getByRole("button", { name: "No", exact: true }).click();
  await expect(reply.getByRole("button", { name: "It is wrong" })).toBeFocused();
  await reply.getByRole("button", { name: "Something is missing" }).click();
  await expect(reply).toContainText("Thank you");
  await expect.poll(() => frames.at(-1)).toEqual({ type: "feedback", answer: 2, helpful: false, reason: "incomplete" });
  await page.reload();
  await expect(page.locator(".feedback")).toContainText("Thank you");
});

test("another connection that goes on is named, and can be taken back", async ({ page, chat, origin }) => {
  let connections = 0;
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    connections += 1;
    socket.send(JSON.stringify(HELLO));
    if (connections === 1) setTimeout(() => socket.close({ code: 4409 }), 100);
  });
  await page.goto(origin);
  await expect(chat.linkState).toContainText("goes on in another tab");
  await page.getByRole("button", { name: "Continue here" }).click();
  await chat.connected();
  expect(connections).toBe(2);
});

test("a page that is not let in says so and does not knock again", async ({ page, chat, origin }) => {
  let connections = 0;
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    connections += 1;
    socket.close({ code: 1008 });
  });
  await page.goto(origin);
  await expect(chat.linkState).toContainText("may not use the service");
  await expect(page.getByRole("button", { name: "Try now" })).toBeHidden();
  expect(connections).toBe(1);
});

test("a missing frame is asked for again before the next is shown", async ({ page, chat, origin }) => {
  const opened = [];
  const reply = (id, seq, quote) =>
    JSON.stringify({
      type: "answer",
      seq,
      in_reply_to: id,
      answer: { outcome: "answered", related: [], citations: [{ ...CITATION, quote, runs: [] }] },
    });
  const asked = [];
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "ping") return socket.send('{"type":"pong"}');
      if (frame.type === "ask") asked.push(frame.id);
      if (frame.type === "ask" && asked.length === 2) socket.send(reply(asked[1], 3, "Second."));
      if (frame.type !== "resume") return undefined;
      opened.push(frame.after);
      socket.send(JSON.stringify({ ...HELLO, seq: frame.after, resumed: true, last_seq: 3 }));
      socket.send(reply(asked[0], 2, "First."));
      socket.send(reply(asked[1], 3, "Second."));
      return socket.send(reply(asked[1], 3, "Twice."));
    });
    if (opened.length === 0 && asked.length === 0) socket.send(JSON.stringify(HELLO));
  });
  await chat.open(origin);
  for (const question of ["one", "two"]) {
    await chat.input.fill(question);
    await chat.input.press("Enter");
  }
  await expect(page.locator("blockquote")).toHaveText(["First.", "Second."]);
  expect(opened).toEqual([1]);
  expect(asked, "nothing was asked again").toHaveLength(2);
});

test("literature is named for what it is, and only harmless addresses are links", async ({ page, chat, origin }) => {
  await standIn(page, {}, {});
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
  await standIn(page, {}, { outcome: "red_flag", notice: { kind: "emergency", title: "Get help now", text: "Call.", actions } });
  await chat.open(origin);
  const reply = await chat.ask("my chest hurts");
  const notice = reply.getByRole("group", { name: "Get help now" });
  await expect(notice.getByRole("link", { name: "Call 112" })).toHaveAttribute("href", "tel:112");
  await expect(notice.getByRole("link")).toHaveCount(2);
  await expect(reply.locator(":scope > *").first()).toHaveClass(/notice/);
  await expect(reply.locator("blockquote")).toHaveText(CITATION.quote);
  await expect(page.locator("#alarm")).toContainText("Get help now. Call. Call 112.");
  await expect(page.locator("#announcer")).toContainText("The first sentence.");
});

test("markup in served text stays text", async ({ page, chat, origin }) => {
  const quote = "<b>bold</b><img src=x onerror=alert(1)>";
  await standIn(page, {}, { citations: [{ ...CITATION, quote, passage: quote, runs: [{ text: quote, match: true }] }] });
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator("blockquote")).toHaveText(quote);
  await expect(reply.locator("img, b")).toHaveCount(0);
});

test("related questions and suggestions ask when pressed", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, { related: ["And then?"] });
  await chat.open(origin);
  await page.getByRole("button", { name: "What is it?" }).click();
  await page.getByRole("button", { name: "And then?" }).first().click();
  await expect(chat.turns).toHaveCount(2);
  await expect.poll(() => questions(frames)).toEqual(["What is it?", "And then?"]);
});

test("each reason for finding nothing has words of its own", async ({ page, chat, origin }) => {
  const reasons = ["no_match", "off_topic", "too_vague", "empty", "language"];
  await standIn(page, {}, ...reasons.map((reason) => ({ outcome: "not_found", reason, citations: [] })));
  await chat.open(origin);
  const said = new Set();
  for (const reason of reasons) said.add(await (await chat.ask(reason)).textContent());
  expect(said.size).toBe(reasons.length);
});

test("a busy service is asked again by itself after the time it gave", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, { type: "error", code: "busy", detail: "busy", retry_after_ms: 1000 }, {});
  await chat.open(origin);
  await chat.input.fill("what is it");
  await chat.input.press("Enter");
  await expect(chat.turns.last()).toContainText("will be sent again in 1 second");
  await expect(chat.turns.last().locator("blockquote")).toHaveText(CITATION.quote);
  expect(questions(frames)).toEqual(["what is it", "what is it"]);
  const [first, again] = frames.filter(({ type }) => type === "ask");
  expect(again.id).toBe(first.id);
});

test("sending again can be declined, and done by hand", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, { type: "error", code: "busy", detail: "busy", retry_after_ms: 60_000 }, {});
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await reply.getByRole("button", { name: "Do not send again" }).click();
  await expect(reply).toContainText("not sent again");
  expect(questions(frames)).toHaveLength(1);
  await reply.getByRole("button", { name: "Send again" }).click();
  await expect(reply.locator("blockquote")).toHaveText(CITATION.quote);
});

test("a question that the service finds too long can be edited", async ({ page, chat, origin }) => {
  await standIn(page, {}, { type: "error", code: "question_too_long", detail: "too long" });
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply).toContainText("too long");
  await reply.getByRole("button", { name: "Edit the question" }).click();
  await expect(chat.input).toHaveValue("what is it");
  await expect(chat.input).toBeFocused();
});

test("the counter shows near the limit", async ({ page, chat, origin }) => {
  await standIn(page, {}, {});
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
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    connections += 1;
    socket.onMessage(() => undefined);
    socket.send(JSON.stringify({ ...HELLO, heartbeat_secs: 0.3 }));
  });
  await chat.open(origin);
  await expect.poll(() => connections).toBeGreaterThan(1);
});

test("that an answer did not help can be said without a reason, and taken back before", async ({ page, chat, origin }) => {
  const frames = await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  const no = reply.getByRole("button", { name: "No", exact: true });
  await no.click();
  await reply.getByRole("button", { name: "Back", exact: true }).click();
  await expect(no).toBeFocused();
  await expect(reply.getByRole("group", { name: "Did this help?" })).toBeVisible();
  await no.click();
  await reply.getByRole("button", { name: "No reason" }).click();
  await expect(reply.locator(".feedback")).toHaveText("Thank you for telling us.");
  expect(frames.filter(({ type }) => type === "feedback")).toEqual([{ type: "feedback", answer: 2, helpful: false }]);
});

test("a second press on Send, or Enter held down, is no empty question", async ({ page, chat, origin }) => {
  await page.clock.install();
  await standIn(page, {}, KINDS.answered);
  await chat.open(origin);
  const error = page.locator("#composer-error");
  await chat.input.fill("what is it");
  await page.getByRole("button", { name: "Send" }).dblclick();
  await expect(error).toBeEmpty();
  await chat.input.fill("what is it");
  await page.keyboard.down("Enter");
  await page.clock.runFor(1000);
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await expect(error).toBeEmpty();
  await expect(chat.turns).toHaveCount(2);
  await chat.input.press("Enter");
  await expect(error, "but an empty question is told later").toContainText("type a question");
});

test("emptying the box takes the error away", async ({ page, chat, origin }) => {
  await standIn(page, {}, {});
  await chat.open(origin);
  await chat.input.fill("a".repeat(101));
  await chat.input.press("Enter");
  await expect(page.locator("#composer-error")).toContainText("too long");
  await chat.input.fill("");
  await expect(page.locator("#composer-error")).toBeEmpty();
  await expect(chat.input).toHaveAttribute("aria-invalid", "false");
});

test("a page that is not let in does not promise to send what is asked", async ({ page, chat, origin }) => {
  let line;
  await standIn(page, { opened: (socket) => (line = socket) }, KINDS.busy);
  await chat.open(origin);
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => socket.close({ code: 1008 }));
  line.close(1001);
  await chat.input.fill("what is it");
  await chat.input.press("Enter");
  await expect(chat.turns.last()).toContainText("Not sent. This page may not use the service.");
  await expect(page.locator("#announcer")).toContainText("Not sent yet.");
  await chat.input.fill("and now");
  await chat.input.press("Enter");
  await expect(page.locator("#announcer")).toHaveText("Not sent. This page may not use the service.");
});

test("an emergency is brought into sight even if the reader has scrolled meanwhile", async ({ page, chat, origin }) => {
  let line;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 390, height: 500 });
  const frames = await standIn(page, { opened: (socket) => (line = socket) }, KINDS.answered, null);
  await chat.open(origin);
  await chat.ask("what is it");
  await chat.input.fill("my chest hurts");
  await chat.input.press("Enter");
  await expect(chat.turns.last().locator(".indicator")).toBeVisible();
  await page.mouse.move(100, 100);
  await page.mouse.wheel(0, -5000);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  const answer = { outcome: "red_flag", citations: [], related: [], ...KINDS.crisis };
  line.tell({ type: "answer", in_reply_to: frames.at(-1).id, answer });
  await expect(chat.turns.last().locator(".notice")).toBeInViewport({ ratio: 0.5 });
});
