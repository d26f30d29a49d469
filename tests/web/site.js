/**
 * Somebody else's site: on an origin of its own, under a strict content security policy, with styles and keyboard
 * shortcuts that get in the way of anything put on it.
 */

import { once } from "node:events";
import { createServer } from "node:http";

const STYLE = `
  html { font-size: 62.5%; letter-spacing: 0.5em; }
  body { margin: 0; min-height: 150vh; }
  div, p, button, dialog { all: unset; color: yellow !important; font: italic 40px cursive !important; }
  ul { list-style: square; }
  #corner { position: fixed; right: 60px; bottom: 30px; }
`;

const SCRIPT = `
  window.shortcuts = 0;
  addEventListener("keydown", (event) => { if (event.key === "s") window.shortcuts += 1; });
`;

const policy = (ibid) =>
  [
    "default-src 'none'",
    `script-src 'self' ${ibid}`,
    "style-src 'self'",
    `connect-src ${ibid.replace("http", "ws")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

export class Site {
  origin = "";
  /** Address of the server whose widget it shows. */
  ibid = "";
  #server = createServer((request, response) => this.#respond(request, response));

  static async start() {
    const site = new Site();
    site.#server.listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    site.origin = `http://127.0.0.1:${site.#server.address().port}`;
    return site;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Address of a page with attributes for its root element and for the widget's script element. */
  page(html = "", script = "") {
    return `${this.origin}/?${new URLSearchParams({ html, script })}`;
  }

  #respond(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    const send = (type, body) => {
      response.writeHead(200, { "content-type": type, "content-security-policy": policy(this.ibid) });
      response.end(body);
    };
    if (pathname === "/site.css") return send("text/css", STYLE);
    if (pathname === "/site.js") return send("text/javascript", SCRIPT);
    if (pathname !== "/") return response.writeHead(204).end();
    return send(
      "text/html; charset=utf-8",
      `<!doctype html><html ${searchParams.get("html")}><head><title>A site</title>
      <link rel="stylesheet" href="/site.css"><script src="/site.js"></script>
      <script src="${this.ibid}/widget.js" ${searchParams.get("script")}></script></head>
      <body><main><h1>A site</h1><p>Its text.</p><a href="#x" id="first">A link</a> <a href="#y" id="corner">In the corner</a></main></body></html>`,
    );
  }
}
