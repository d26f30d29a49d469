/** Text that would like to be more than text: in documents, in questions, in frames. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Chat, expect, test } from "./fixtures.js";
import { Server } from "./server.js";
import { CITATION, standIn } from "./stand-in.js";

const IMAGE = "<img src=x onerror=alert(1)>";
const DOCUMENT = `# Kettles <script>alert(1)</script>

## Descaling ${IMAGE}

The kettle should be descaled every six weeks with vinegar ${IMAGE} and [a link](javascript:alert(1)) </blockquote></p><script>alert(1)</script>.
`;
const FORBIDDEN = "img[src='x'], [onerror], .transcript script, article script, a[href^='javascript:']";

test("a document full of markup is quoted, shown and marked as text", async ({ page }) => {
  const folder = await mkdtemp(path.join(tmpdir(), "ibid-hostile-"));
  await writeFile(path.join(folder, "kettles.txt"), DOCUMENT);
  const server = await Server.start({ corpus: folder });
  try {
    const chat = new Chat(page);
    page.on("dialog", (dialog) => expect(dialog.message(), "nothing runs").toBe(""));
    await chat.open(server.origin);
    const reply = await chat.ask("how often should the kettle be descaled?");
    await expect(reply.locator("blockquote").first()).toContainText(IMAGE);
    await expect(page.locator(FORBIDDEN)).toHaveCount(0);
    const link = await reply.locator("a.reference").first().getAttribute("href");
    await page.goto(new URL(link, server.origin).href);
    await expect(page.locator("mark.quote").first()).toContainText(IMAGE);
    await expect(page.locator(FORBIDDEN)).toHaveCount(0);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});

test("a question full of markup stays text, also after a reload and in what is saved", async ({ chat, page, origin }) => {
  const question = `${IMAGE}"><script>alert(1)</script> {{7*7}} \${7*7} \u202e\u0000`;
  page.on("dialog", (dialog) => expect(dialog.message(), "nothing runs").toBe(""));
  await chat.open(origin);
  await chat.ask(question);
  await expect(page.locator(".question")).toContainText(IMAGE);
  await page.reload();
  await chat.connected();
  await expect(page.locator(".question")).toContainText(IMAGE);
  await expect(page.locator(FORBIDDEN)).toHaveCount(0);
});

test("every text of a frame stays text, and no address runs", async ({ page, chat, origin }) => {
  const bad = "javascript:alert(1)";
  const reference = { ...CITATION.reference, title: IMAGE, section: [IMAGE], url: bad, link: bad, reviewed: IMAGE };
  const entry = { label: IMAGE, text: IMAGE, url: bad, doi: null, relation: "cited" };
  const citation = { ...CITATION, quote: IMAGE, runs: [{ text: IMAGE, match: true }], passage: `${IMAGE} ${IMAGE}`, lead_in: "x" };
  await standIn(
    page,
    {
      hello: {
        title: IMAGE,
        greeting: IMAGE,
        suggestions: [IMAGE],
        service: { about: IMAGE, contact: [{ label: IMAGE, href: bad }], accent: "red;}", logo: bad, privacy: bad },
      },
    },
    {
      outcome: "red_flag",
      message: IMAGE,
      read_as: IMAGE,
      related: [IMAGE],
      looked_for: [IMAGE],
      nearest: [{ title: IMAGE, section: [IMAGE], link: bad }],
      notice: { kind: "emergency", title: IMAGE, text: IMAGE, actions: [{ label: IMAGE, href: bad }] },
      citations: [{ ...citation, reference: { ...reference, bibliography: [entry] } }],
    },
  );
  await chat.open(origin);
  const reply = await chat.ask("what is it");
  await expect(reply.locator("blockquote")).toHaveText(IMAGE);
  await expect(page.locator(FORBIDDEN)).toHaveCount(0);
});
