/**
 * The whole interface over a client: the same on the chat page and in the widget's panel, which differ in their
 * outermost elements and in their style sheets.
 */

import { type Entry, isSettled } from "../client/entry.js";
import type { Hello, IbidClient } from "../client/index.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { type Context, serviceLanguage } from "./context.js";
import { el, heading, webAddress } from "./dom.js";
import { LinkBar } from "./linkbar.js";
import { Menu } from "./menu.js";
import { savedText } from "./text.js";
import { Transcript } from "./transcript.js";
import { Welcome } from "./welcome.js";
import type { Words } from "./words.js";

export interface ViewOptions {
  client: IbidClient;
  words: Words;
  /** A page of its own, or a panel on another page. */
  place: "page" | "panel";
  /** Used instead of the operator's name. */
  title?: string | null;
  showLogo: boolean;
  /** Further controls at the end of the head. */
  controls?: HTMLElement[];
  print(): void;
  /** Called with what the server says of itself. */
  greeted?(hello: Hello): void;
}

const MASCOT = "/assets/favicon.svg";

export class View {
  readonly element: HTMLElement;
  readonly #options: ViewOptions;
  readonly #context: Context;
  readonly #announcer = new Announcer();
  readonly #transcript: Transcript;
  readonly #composer: Composer;
  readonly #welcome: Welcome;
  readonly #menu: Menu;
  readonly #link: LinkBar;
  readonly #title: HTMLElement;
  readonly #logo = el("img", { class: "logo", alt: "", width: 40, height: 40, hidden: true });

  constructor(options: ViewOptions) {
    this.#options = options;
    const { client, words } = options;
    const isPage = options.place === "page";
    this.#context = this.#shared(isPage ? 1 : 2);
    this.#transcript = new Transcript(this.#context);
    if (!isPage) this.#transcript.element.tabIndex = 0;
    this.#composer = new Composer(words, (text) => this.#ask(text));
    this.#welcome = new Welcome(this.#context);
    this.#menu = new Menu(this.#context, {
      save: () => this.#save(),
      print: options.print,
      forget: () => this.#forget(),
      person: () => this.#askPerson(),
    });
    this.#link = new LinkBar(words, client, this.#composer.input);
    this.#title = heading(isPage ? 1 : 2, { id: "title" }, options.title || words.say("title"));
    this.element = this.#assemble(isPage);
    this.#restore();
    this.#listen();
  }

  /** Whether Escape belongs to a question that is open. */
  get isAsking(): boolean {
    return this.#menu.isAsking;
  }

  focus(options: FocusOptions = {}): void {
    this.#composer.input.focus(options);
  }

  /** Says what came while the interface was hidden. */
  announce(entry: Entry): void {
    this.#transcript.announce(entry);
  }

  showNewest(): void {
    this.#transcript.showNewest();
  }

  /** Opens what is folded, for the printer; what it gives back folds it again. */
  unfold(): () => void {
    const folded = [...this.element.querySelectorAll<HTMLDetailsElement>(".transcript details:not([open])")];
    for (const details of folded) details.open = true;
    return () => folded.forEach((details) => (details.open = false));
  }

  #shared(level: number): Context {
    const { client, words } = this.#options;
    return {
      words,
      server: client.server,
      level,
      act: {
        ask: (text, asTyped) => this.#ask(text, asTyped),
        edit: (text) => this.#composer.edit(text),
        retry: (id) => {
          client.retry(id);
          this.#tellIfKept(id);
        },
        cancel: (id) => client.cancel(id),
        feedback: (id, helpful, reason) => client.feedback(id, helpful, reason),
      },
      announce: this.#announcer.announce,
      alarm: this.#announcer.alarm,
      hello: () => client.hello,
      isRefused: () => client.state === "refused",
    };
  }

  #assemble(isPage: boolean): HTMLElement {
    const { words, controls = [] } = this.#options;
    const names = el("div", { class: "names" }, this.#title, el("p", { class: "tagline" }, words.say("tagline")));
    const head = el(
      isPage ? "header" : "div",
      { class: "masthead" },
      this.#logo,
      names,
      this.#menu.element,
      ...controls,
    );
    const dock = el("div", { class: "dock" }, this.#link.element, this.#composer.element);
    const body = [this.#transcript.element, ...this.#announcer.elements, dock];
    return el(
      "div",
      { class: `ibid ${isPage ? "page" : "panel"}`, lang: words.language },
      isPage ? el("a", { class: "skip", href: "#question" }, words.say("skip")) : null,
      head,
      el(isPage ? "main" : "div", { class: "body" }, ...body),
    );
  }

  /** Shows what was said before a reload, without saying it again. */
  #restore(): void {
    const { client } = this.#options;
    this.#transcript.element.append(this.#welcome.element);
    if (client.hello) this.#greet(client.hello);
    for (const entry of client.entries) this.#transcript.update(entry, false);
    this.#link.show(client.state, this.element);
  }

  #listen(): void {
    const { client, words } = this.#options;
    this.element.addEventListener("pointerdown", ({ target }) => this.#menu.pressed(target));
    client.on("state", (state) => {
      this.#link.show(state, this.element);
      for (const entry of client.entries) if (!isSettled(entry)) this.#transcript.update(entry, false);
    });
    client.on("hello", (hello) => this.#greet(hello));
    client.on("entry", (entry: Entry) => this.#transcript.update(entry, true));
    client.on("renewed", () => {
      const isFollowed = client.entries.some((entry) => entry.kind === "question" && entry.answer);
      if (isFollowed) this.#transcript.note(words.say("renewed"));
    });
    client.on("handoffRefused", () => this.#transcript.note(words.say("askPersonFailed")));
    client.on("cleared", () => {
      this.#announcer.clear();
      this.#transcript.clear();
      this.#transcript.element.append(this.#welcome.element);
    });
    client.on("forgotten", () => this.#transcript.note(words.say("forgotten")));
  }

  #greet(hello: Hello): void {
    const { title, showLogo, client, greeted } = this.#options;
    if (!title && hello.title) this.#title.textContent = hello.title;
    const logo = showLogo ? webAddress(hello.service?.logo ?? MASCOT, client.server) : null;
    if (logo && this.#logo.src !== logo) this.#logo.src = logo;
    this.#logo.hidden = !logo;
    this.#composer.limitTo(hello.limits?.question_chars);
    this.#menu.showContact(hello.service?.contact ?? []);
    this.#menu.offerPerson(hello.service?.handoff === true);
    this.#welcome.show(hello);
    greeted?.(hello);
  }

  #ask(text: string, asTyped = false): void {
    const { client } = this.#options;
    const { id } = client.ask(text, { asTyped });
    this.#link.show(client.state, this.element);
    this.#transcript.follow(id);
    this.#tellIfKept(id);
  }

  /** Says of a question that could not be sent what its turn shows. */
  #tellIfKept(id: string): void {
    const { client, words } = this.#options;
    const entry = client.entries.find((entry) => entry.id === id);
    if (entry?.kind !== "question" || entry.progress !== "waiting") return;
    this.#context.announce(words.say(this.#context.isRefused() ? "keptRefused" : "kept"));
  }

  #save(): void {
    const { client, words } = this.#options;
    const text = savedText(client.entries, client.server, words, new Date(), serviceLanguage(client.hello));
    const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    el("a", { href, download: words.say("savedFile") }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  #askPerson(): void {
    const { client, words } = this.#options;
    if (!client.handoff()) this.#transcript.note(words.say("askPersonLater"));
    this.focus();
  }

  #forget(): void {
    const { client, words } = this.#options;
    client.forget();
    if (!client.hasToForget) this.#transcript.note(words.say("forgotten"));
    else if (client.state !== "open") this.#transcript.note(words.say("forgetLater"));
    this.focus();
  }
}
