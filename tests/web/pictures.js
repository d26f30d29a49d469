/** Takes the pictures of the manual in docs/images anew. To be run whenever page or widget changes. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { ANSWERED, Chat } from "./fixtures.js";
import config from "./playwright.config.js";
import { Server } from "./server.js";
import { KINDS, standIn } from "./stand-in.js";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../docs/images");
const phone = { width: 360, height: 640 };

async function answered(page, origin) {
  const chat = new Chat(page);
  await chat.open(origin);
  const reply = await chat.ask(ANSWERED);
  await reply.getByText("Literature (1)").click();
}

const state = (kind, question, after) => async (page, origin) => {
  await standIn(page, { hello: { title: "Ask the ward", greeting: "Ask about our leaflets." } }, KINDS[kind] ?? null);
  const chat = new Chat(page);
  await chat.open(origin);
  if (question) {
    await chat.input.fill(question);
    await chat.input.press("Enter");
    await page.locator(kind ? ".reply > :not(.indicator)" : ".indicator").first().waitFor();
  }
  await after?.(page, chat);
};

const offline = async (page, chat) => {
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => socket.close({ code: 1001 }));
  await page.context().setOffline(true);
  await chat.input.fill("what should I bring?");
  await chat.input.press("Enter");
  await page.getByText("Not sent yet").waitFor();
};

async function widget(page, origin) {
  await page.goto(`${origin}/demo`);
  await page.locator(".launcher").click();
  const chat = new Chat(page);
  await chat.connected();
  await chat.ask(ANSWERED);
}

const PICTURES = [
  { name: "chat.png", viewport: { width: 800, height: 900 }, take: answered },
  { name: "chat-phone-dark.png", viewport: { width: 360, height: 720 }, colorScheme: "dark", take: answered },
  { name: "widget.png", viewport: { width: 900, height: 680 }, take: widget },
  { name: "state-welcome.png", viewport: phone, take: state("answered") },
  { name: "state-unsure.png", viewport: phone, take: state("unsure", "what is recepter therapy?") },
  { name: "state-missing.png", viewport: phone, take: state("missing", "where is the lid of the kettle?") },
  { name: "state-emergency.png", viewport: phone, colorScheme: "dark", take: state("emergency", "my chest hurts") },
  { name: "state-offline.png", viewport: phone, take: state("answered", undefined, offline) },
  { name: "state-busy.png", viewport: phone, take: state("busy", "what is it?") },
];

const server = await Server.start();
const browser = await chromium.launch(config.use.launchOptions);
try {
  await server.encoded();
  for (const { name, take, ...options } of PICTURES) {
    const page = await browser.newPage({ colorScheme: "light", ...options, reducedMotion: "reduce" });
    await take(page, server.origin);
    await page.screenshot({ path: path.join(folder, name) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
