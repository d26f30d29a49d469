/** The head of the conversation: the operator's greeting, what this can and cannot do, and questions to begin with. */

import type { Hello } from "../client/index.js";
import { renderQuestions } from "./answer.js";
import type { Context } from "./context.js";
import { el, heading, webAddress } from "./dom.js";
import { actionLinks, outsideLink } from "./links.js";

export class Welcome {
  readonly element = el("div", { class: "welcome" });
  #shown = "";

  constructor(private readonly context: Context) {}

  show({ greeting, suggestions = [], service = {} }: Hello): void {
    const told = JSON.stringify([greeting, suggestions, service]);
    if (told === this.#shown) return;
    this.#shown = told;
    const { words, server, level } = this.context;
    const lang = service.language ?? null;
    const privacy = webAddress(service.privacy, server);
    const contact = actionLinks(this.context, service.contact ?? [], "plain");
    const parts = [
      greeting ? el("p", { class: "bubble message", dir: "auto", lang }, greeting) : null,
      el(
        "div",
        { class: "about" },
        heading(level + 1, { class: "list-label" }, words.say("aboutTitle")),
        el(
          "p",
          { class: "message", dir: "auto", lang: service.about ? lang : null },
          service.about || words.say("about"),
        ),
        privacy ? el("p", {}, outsideLink(this.context, privacy, "", words.say("privacy"))) : null,
      ),
      contact ? el("div", { class: "contact" }, el("p", { class: "list-label" }, words.say("contact")), contact) : null,
      renderQuestions(this.context, "suggestions", suggestions, lang),
    ];
    this.element.replaceChildren(...parts.filter((part) => part !== null));
  }
}
