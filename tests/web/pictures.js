/**
 * Takes the pictures of the README from the real server:
 * `node tests/web/pictures.js`. Not a test; run it when the page changes.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import config from "./playwright.config.js";
import { Server } from "./server.js";
import { ANSWERED, Chat } from "./fixtures.js";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../docs/images");

const PICTURES = [
  { name: "chat.png", viewport: { width: 1000, height: 1000 }, colorScheme: "light" },
  { name: "chat-phone-dark.png", viewport: { width: 390, height: 780 }, colorScheme: "dark" },
];

const server = await Server.start();
const browser = await chromium.launch(config.use.launchOptions);
try {
  for (const { name, ...options } of PICTURES) {
    const page = await browser.newPage({ ...options, reducedMotion: "reduce" });
    const chat = new Chat(page);
    await chat.open(server.origin);
    const reply = await chat.ask(ANSWERED);
    await reply.getByText("Literature (1)").click();
    await page.screenshot({ path: path.join(folder, name) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
