/** A patient asks for a person, who answers from a help desk. The desk is a small server of this test. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

import { ANSWERED, expect, test } from "./fixtures.js";
import { Server } from "./server.js";

const KEY = Buffer.from("a key of sixteen bytes and more");
const SECRET = `whsec_${KEY.toString("base64")}`;

/** Keeps what it is sent, and opens every conversation under a name of its own. */
class Desk {
  /** @type {{type: string, data: any}[]} */
  events = [];
  url = "";
  #server = createServer((request, response) => void this.#take(request, response));

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${this.#server.address().port}/`;
  }

  stop() {
    this.#server.close();
  }

  async #take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    this.events.push(JSON.parse(Buffer.concat(pieces).toString()));
    response.writeHead(200, { "content-type": "application/json" }).end('{"conversation":"desk-1"}');
  }

  /**
   * Tells Ibid of something, signed as the standard wants it.
   * @param {string} origin
   * @param {string} type
   * @param {object} data
   */
  async tell(origin, type, data) {
    const body = JSON.stringify({ type, data: { conversation: "desk-1", ...data } });
    const id = `d${Math.random()}`;
    const time = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", KEY).update(`${id}.${time}.${body}`).digest("base64");
    const response = await fetch(`${origin}/hooks/clinic`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": time,
        "webhook-signature": `v1,${signature}`,
      },
    });
    expect(response.status).toBe(200);
  }
}

test("a person of the help desk joins the chat, and leaves it again", async ({ chat, page }) => {
  const desk = new Desk();
  await desk.start();
  const folder = await mkdtemp(path.join(tmpdir(), "ibid-desk-"));
  const config = path.join(folder, "config.toml");
  const settings = [
    "[deliveries]",
    `path = "${path.join(folder, "deliveries.sqlite")}"`,
    "[handoff]",
    'desk = "clinic"',
    "[desks.clinic]",
    `url = "${desk.url}"`,
    `secret = "${SECRET}"`,
  ];
  await writeFile(config, settings.join("\n"));
  const server = await Server.start({ args: ["--config", config], env: { IBID_DELIVERIES_KEY: "0f".repeat(32) } });
  try {
    await chat.open(server.origin);
    await chat.ask(ANSWERED);
    await page.getByRole("button", { name: "Options" }).click();
    await page.getByRole("button", { name: "Talk to a person" }).click();
    await expect(chat.log).toContainText("A person has been asked to join.");
    await expect(chat.input).toBeFocused();
    await expect.poll(() => desk.events.map(({ type }) => type)).toEqual(["conversation.opened"]);
    expect(desk.events[0].data.text).toContain(ANSWERED);

    await desk.tell(server.origin, "message.created", { author: "agent", message: "1", text: "Hello <b>Anna</b>" });
    await expect(chat.log).toContainText("A person has joined the conversation.");
    await expect(chat.log.locator(".agent")).toContainText("Hello <b>Anna</b>");
    await expect(page.locator("#announcer")).toContainText("Hello");

    const reply = await chat.ask("Is it painful?");
    await expect(reply).toContainText("I have passed this on.");
    await expect.poll(() => desk.events.at(-1)?.data.text).toBe("Is it painful?");

    await page.reload();
    await expect(chat.log.locator(".agent")).toContainText("Hello <b>Anna</b>");
    await desk.tell(server.origin, "conversation.closed", {});
    await expect(chat.log).toContainText("The person has left the conversation.");
    const quoted = await chat.ask(ANSWERED);
    await expect(quoted.locator("blockquote").first()).toContainText("days to weeks");
  } finally {
    await server.stop();
    desk.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
