// Talks by Microsoft's own client library for Direct Line, as Web Chat does beneath its page.
// node directline.mjs http://127.0.0.1:7878 socket|poll TOKEN
// Prints what it got, as JSON. With `socket` the connection is cut in the middle.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { XMLHttpRequest } = require("xhr2");
const OPEN = new Set();
globalThis.XMLHttpRequest = XMLHttpRequest;
globalThis.WebSocket = class extends require("ws").WebSocket {
  constructor(url) {
    super(url);
    OPEN.add(this);
  }
};
const { ConnectionStatus, DirectLine } = require("botframework-directlinejs");

const PATIENCE_MS = 60_000;
const [server, mode, token] = process.argv.slice(2);
const QUESTION = "How often should the kettle be descaled?";

const client = new DirectLine({
  domain: `${server}/v3/directline`,
  webSocket: mode === "socket",
  pollingInterval: 200,
  random: () => 0, // The shortest wait before it connects again.
  ...(token && { token }),
});
const got = [];
client.activity$.subscribe((activity) => got.push(activity));

async function until(check, what) {
  const end = Date.now() + PATIENCE_MS;
  while (!check()) {
    if (Date.now() > end) throw new Error(`no ${what} in ${JSON.stringify(got)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const post = (activity) =>
  new Promise((resolve, reject) =>
    client.postActivity({ from: { id: "anna" }, locale: "en", ...activity }).subscribe(resolve, reject),
  );
const ask = (text) => post({ type: "message", text });
const bots = () => got.filter(({ from }) => from.role === "bot");

await until(() => client.connectionStatus$.getValue() === ConnectionStatus.Online, "connection");
await until(() => bots().length === 1, "greeting");
await post({ type: "event", name: "webchat/join" });
await post({ type: "typing" });
const first = await ask(QUESTION);
await until(() => bots().length === 2, "answer");
for (const socket of OPEN) socket.terminate();
OPEN.clear();
const second = await ask("How should the kettle be stored?"); // While nothing listens, with `socket`.
await until(() => bots().length === 3, "answer after the cut");
const offered = bots()[0].suggestedActions.actions[0];
const third = await ask(offered.value);
await until(() => bots().length === 4, "answer to what was pressed");
const refused = await post({ type: "message", text: "a".repeat(2000) }).catch(({ status }) => status);
console.log(JSON.stringify({ got, ids: [first, second, third], offered, refused, sockets: OPEN.size }));
process.exit();
