/**
 * Runs the program under test as a visitor would meet it: the real binary, its
 * real corpus, a port of its own choosing.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const binary = path.resolve(here, process.env.IBID_BIN ?? "../../target/debug/ibid");
const shippedCorpus = path.resolve(here, "../../corpus");
const READY = /^ibid listening on (http:\/\/\S+)$/;

export class Server {
  #folder = "";
  /** @type {import("node:child_process").ChildProcess | null} */
  #child = null;
  /** Where the page is, such as `http://127.0.0.1:40123`. */
  origin = "";

  #options = {};

  /**
   * Starts a server with an empty index folder and waits until it is ready.
   * @param {{corpus?: string, args?: string[], env?: Record<string, string>}} [options] documents and settings of its own
   */
  static async start(options = {}) {
    const server = new Server();
    server.#options = options;
    server.#folder = await mkdtemp(path.join(tmpdir(), "ibid-web-"));
    await server.#launch("127.0.0.1:0");
    return server;
  }

  /** Waits until questions are answered by vectors, too, and not by words alone. */
  async encoded() {
    for (;;) {
      const { vectors } = await (await fetch(`${this.origin}/readyz`)).json();
      if (vectors.done > 0 && vectors.pending === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Kills the program as a crash would. */
  async kill() {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Starts it again where it was, so that an open page finds it. */
  async restart() {
    await this.kill();
    await this.#launch(new URL(this.origin).host);
  }

  async stop() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** @param {string} listen */
  async #launch(listen) {
    const { corpus = shippedCorpus, args = [], env = {} } = this.#options;
    const options = ["serve", "--corpus", corpus, "--index", path.join(this.#folder, "index"), "--listen", listen, ...args];
    const environment = { RUST_LOG: "warn", ...process.env, ...env };
    this.#child = spawn(binary, options, { stdio: ["ignore", "pipe", "inherit"], env: environment });
    this.origin = await ready(this.#child);
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<string>}
 */
function ready(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with code ${code} before it was ready`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const origin = READY.exec(line)?.[1];
      if (origin) resolve(origin);
    });
  });
}
