// Checks a served asyncapi.json with the official parser, which also follows its references to openapi.json.
// node asyncapi.mjs http://127.0.0.1:7878

import { Parser } from "@asyncapi/parser";

const source = new URL("/asyncapi.json", process.argv[2]).href;
const text = await (await fetch(source)).text();
const { document, diagnostics } = await new Parser().parse(text, { source });
for (const { severity, code, message, path } of diagnostics) {
  console.log(`${["error", "warning", "info", "hint"][severity]} ${code} at ${path.join(".")}: ${message}`);
}
const answer = document?.components().schemas().get("ServerAnswer")?.properties()?.answer;
if (!answer?.properties()?.citations) {
  console.log("error: the reference to openapi.json was not followed");
  process.exitCode = 1;
}
if (diagnostics.some(({ severity }) => severity === 0)) process.exitCode = 1;
