// A connector of the Bot Framework that runs offline, between Microsoft's client library and Ibid's hook.
// node botframework.mjs PORT http://127.0.0.1:7878/hooks/bots/SECRET
// Prints what the patient got, as JSON.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
console.log = () => {}; // The connector tells of everything.
const { initializeRoutes } = require("offline-directline");
globalThis.XMLHttpRequest = require("xhr2").XMLHttpRequest;
globalThis.WebSocket = require("ws").WebSocket; // Wanted, though not used by polling.
const { DirectLine } = require("botframework-directlinejs");

const PATIENCE_MS = 60_000;
const QUIET_MS = 1_500;
const [port, hook] = process.argv.slice(2);
initializeRoutes(createApp(), Number(port), hook);

function createApp() {
  // The one that the connector was made for.
  return require(require.resolve("express", { paths: [require.resolve("offline-directline")] }))();
}

const client = new DirectLine({ domain: `http://127.0.0.1:${port}/directline`, webSocket: false, pollingInterval: 200 });
const got = [];
client.activity$.subscribe((activity) => got.push(activity));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(check) {
  const end = Date.now() + PATIENCE_MS;
  while (!check()) {
    if (Date.now() > end) throw new Error(`no more than ${JSON.stringify(got)}`);
    await sleep(20);
  }
}

const post = (activity) =>
  new Promise((resolve, reject) =>
    client.postActivity({ from: { id: "anna" }, ...activity }).subscribe(resolve, reject),
  );
const ask = (text) => post({ type: "message", text });
const replies = () => got.filter(({ replyToId }) => replyToId);

const ids = [];
for (const text of ["How often should the kettle be descaled?", "and with hard water?", "I want to talk to a person"]) {
  ids.push(await ask(text));
  await until(() => replies().length === ids.length);
}
await until(() => got.some(({ type }) => type === "event"));
// As long as nobody says that a person has the conversation, questions are answered.
ids.push(await ask("How should the kettle be stored?"));
await until(() => replies().length === ids.length);
await post({ type: "event", name: "handoff.status", value: { state: "accepted" } });
await ask("How often should the kettle be descaled?");
await sleep(QUIET_MS);
process.stdout.write(JSON.stringify({ got, ids }));
process.exit();
