/**
 * What every test gets: a running server, the chat page as a patient uses it,
 * and a watch that fails the test on console errors, violations of the content
 * security policy, and requests to any other origin.
 */

import { test as base, expect } from "@playwright/test";
import { Server } from "./server.js";

export { expect };

export const ANSWERED = "how long does PRRT take to work?";
/** A server that was away is back and found again: its start, and the longest wait between two attempts. */
export const RETURN = { timeout: 60_000 };
export const OFF_TOPIC = "what is the capital of France";

export class Chat {
  /** @param {import("@playwright/test").Page} page */
  constructor(page) {
    this.page = page;
    this.input = page.getByRole("textbox", { name: "Your question" });
    this.log = page.getByRole("log");
    this.turns = page.locator(".turn");
    this.linkState = page.locator("#link-text");
  }

  /** @param {string} origin */
  async open(origin) {
    await this.page.goto(origin);
    await this.connected();
  }

  /** @param {{timeout?: number}} [options] longer where a server has to come back first */
  async connected(options) {
    await expect(this.page.locator(".ibid")).toHaveAttribute("data-link", "open", options);
  }

  /**
   * Asks and waits until the newest turn is no longer waiting.
   * @param {string} question
   */
  async ask(question) {
    const before = await this.turns.count();
    await this.input.fill(question);
    await this.input.press("Enter");
    await expect(this.turns).toHaveCount(before + 1);
    return this.reply();
  }

  /**
   * The newest reply, once it has come.
   * @param {{timeout?: number}} [options]
   */
  async reply(options) {
    const newest = (await this.turns.count()) - 1;
    const reply = this.turns.nth(newest).locator(".reply");
    await expect(reply.locator(".waiting")).toHaveCount(0, options);
    await expect(reply).not.toBeEmpty();
    return reply;
  }
}

/** Console errors that follow from a server or network that a test takes away itself; the icon may still have been on its way. */
const LOST_SERVER = /WebSocket connection to .* failed|Failed to load resource: net::ERR_(CONNECTION|EMPTY_RESPONSE|INTERNET_DISCONNECTED)/;

export const test = base.extend({
  /** @type {[Server, object]} */
  shared: [
    async ({}, use) => {
      const server = await Server.start();
      await server.encoded();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  /** The address of the shared server; a test that kills its server starts one of its own. */
  origin: async ({ shared }, use) => use(shared.origin),

  mayLoseServer: [false, { option: true }],

  watch: [
    async ({ context, mayLoseServer }, use) => {
      const problems = [];
      context.on("console", (message) => {
        const expected = mayLoseServer && LOST_SERVER.test(message.text());
        if (["error", "warning"].includes(message.type()) && !expected) problems.push(message.text());
      });
      context.on("weberror", (error) => problems.push(String(error.error())));
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol !== "data:" && url.hostname !== "127.0.0.1") problems.push(`request to ${url.origin}`);
      });
      await context.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) => {
          console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use(undefined);
      expect(problems, "console errors, policy violations and foreign requests").toEqual([]);
    },
    { auto: true },
  ],

  chat: async ({ page }, use) => use(new Chat(page)),
});

/** @param {string | null} text */
export const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
