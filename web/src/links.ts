/** Links out of the conversation: to documents and publications, and to people. */

import type { Action } from "../client/index.js";
import { type Context, serviceLanguage } from "./context.js";
import { type Child, contactAddress, el } from "./dom.js";

/** Opens beside the chat, so that the conversation stays. */
export function outsideLink(context: Context, href: string, className: string, ...children: Child[]): HTMLElement {
  const { words } = context;
  const note = el("span", { class: "visually-hidden", lang: words.language }, ` ${words.say("newTab")}`);
  return el("a", { href, class: className, target: "_blank", rel: "noopener" }, ...children, note);
}

/** Ways to reach someone; an address with another scheme than those of telephone, mail and web stays text. */
export function actionLinks(context: Context, actions: readonly Action[], className: string): HTMLElement | null {
  if (actions.length === 0) return null;
  const items = actions.map(({ label, href }) => {
    const address = contactAddress(href, context.server);
    if (!address) return el("li", {}, label);
    const isPage = address.startsWith("http");
    return el(
      "li",
      {},
      isPage ? outsideLink(context, address, className, label) : el("a", { href: address, class: className }, label),
    );
  });
  return el("ul", { class: "actions", lang: serviceLanguage(context.hello()) }, ...items);
}
