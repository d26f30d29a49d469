/**
 * Builds everything that the server embeds into `dist/`, under fixed names and, from the same sources, with the
 * same bytes: that is checked. One build a file, so that no file needs another one to run.
 */

import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const WIDGET_LIMIT_BYTES = 30 * 1024;

/** In the panel, lengths follow the reader's text size and not the root of whatever page it is on. */
const relativeToReader = {
  name: "relative-to-reader",
  enforce: "pre",
  transform(code, id) {
    if (!/\.css\?inline$/.test(id)) return null;
    return inlineImports(code).replace(/(-?[\d.]+)rem\b(?![^(){}]*\)\s*(?:,|\{))/g, "calc($1 * var(--ibid-rem))");
  },
};

const inlineImports = (css) =>
  css.replace(/@import "\.\/([\w-]+\.css)";/g, (_, name) => readFileSync(at(`src/styles/${name}`), "utf8"));

const common = {
  outDir: at("dist"),
  emptyOutDir: false,
  target: ["chrome111", "firefox113", "safari16.4"],
  modulePreload: false,
  minify: true,
};
const settings = { root: at("."), configFile: false, logLevel: "warn", publicDir: false };
const output = { entryFileNames: "[name].js", assetFileNames: "[name][extname]" };

/** Files of our own pages, each built by itself. */
async function page(input) {
  for (const [name, entry] of Object.entries(input)) {
    const rolldownOptions = { input: { [name]: at(entry) }, output };
    await build({ ...settings, build: { ...common, rolldownOptions } });
  }
}

/** A file for others: a module to import, or a script that needs nothing. */
async function library(name, entry, format, plugins = []) {
  const lib = { entry: at(entry), formats: [format], name: "ibid", fileName: () => `${name}.js` };
  await build({ ...settings, plugins, build: { ...common, lib } });
}

/** The declarations of the client library in one file. */
function declarations() {
  const folder = at("node_modules/.declarations");
  execFileSync(process.execPath, [
    at("node_modules/typescript/bin/tsc"),
    ...["--project", at("."), "--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder],
  ]);
  const parts = ["protocol", "backoff", "emitter", "entry", "journal", "link", "options", "client"].map((name) => {
    const text = readFileSync(`${folder}/client/${name}.d.ts`, "utf8").replace(/^import [\s\S]*?;\n/gm, "");
    return name === "protocol" ? text : hidePrivate(text);
  });
  writeFileSync(at("dist/ibid-client.d.ts"), `${parts.join("\n")}export {};\n`);
}

/** Exports nothing that `index.ts` does not name. */
function hidePrivate(declarations) {
  const named = new Set(readFileSync(at("client/index.ts"), "utf8").match(/\w+/g));
  return declarations.replace(/^export ((?:declare )?\w+ (\w+))/gm, (whole, kept, name) =>
    named.has(name) ? whole : kept,
  );
}

rmSync(at("dist"), { recursive: true, force: true });
cpSync(at("pages"), at("dist"), { recursive: true });
await page({
  chat: "src/page.ts",
  document: "src/document.ts",
});
await page({
  dark: "src/styles/dark.css",
  demo: "src/styles/demo.css",
  document: "src/styles/document.css",
});
await library("ibid-client", "client/index.ts", "es");
await library("widget", "src/widget.ts", "iife", [relativeToReader]);
declarations();

const size = gzipSync(readFileSync(at("dist/widget.js")), { level: 9 }).length;
console.log(`widget.js: ${(size / 1024).toFixed(1)} of ${WIDGET_LIMIT_BYTES / 1024} kB, gzipped`);
if (size > WIDGET_LIMIT_BYTES) process.exit(1);
