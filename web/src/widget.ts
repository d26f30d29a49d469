/**
 * `<script src="https://…/widget.js">`: a launcher and a panel on anyone's page, in a shadow tree with constructed
 * style sheets, so that neither the site's styles nor its content security policy stand in the way.
 */

import { type Entry, IbidClient } from "../client/index.js";
import { applyBrand } from "./brand.js";
import { serviceLanguage } from "./context.js";
import { button, el, icon } from "./dom.js";
import { Launcher } from "./launcher.js";
import dark from "./styles/dark.css?inline";
import printing from "./styles/printing.css?inline";
import style from "./styles/widget.css?inline";
import { noticeSpeech } from "./text.js";
import { View } from "./view.js";
import { chooseLanguage, Words } from "./words.js";

const NAME = "ibid-chat";
const CROSS = "M6 6l12 12M18 6L6 18";
const SMALL = "(max-width: 30rem), (max-height: 30rem)";

class IbidChat extends HTMLElement {
  #panel: HTMLDialogElement | null = null;
  #view: View | null = null;
  #client: IbidClient | null = null;
  #launcher: Launcher | null = null;
  /** The newest entry that came while the panel was closed. */
  #unseen: Entry | null = null;
  #words = new Words("en");
  /** What the element listens to outside itself, for as long as it is on the page. */
  #listening: AbortController | null = null;
  readonly #small = matchMedia(SMALL);
  readonly #prefersDark = matchMedia("(prefers-color-scheme: dark)");

  connectedCallback(): void {
    this.#listen();
    if (this.shadowRoot) return this.#returned();
    const { lang, label, dir } = this.dataset;
    this.#words = new Words(chooseLanguage([lang, document.documentElement.lang, ...navigator.languages]));
    const words = this.#words;
    this.dir = dir ?? getComputedStyle(document.documentElement).direction;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet(style), this.#darkSheet()];
    const texts = { label: label || words.say("open"), isOwnLabel: Boolean(label) };
    this.#launcher = new Launcher({ ...texts, news: words.say("newAnswer"), lang: words.language }, () =>
      this.toggle(),
    );
    root.append(...this.#launcher.elements);
    const { session, token } = this.dataset;
    const visitor = session && token ? { session, token } : null;
    this.#client = new IbidClient(this.dataset["server"] ?? location.origin, { visitor });
    this.#client.on("entry", (entry) => this.#heard(entry));
    this.#client.on("cleared", () => this.#seen());
    if (this.#client.needsConnection) this.#client.connect();
    this.#keepKeysInside(root);
  }

  /** A site may move the element about; only one that stays away has no connection any more. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#client?.close();
      this.#listening?.abort();
      this.#listening = null;
    });
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#small.addEventListener("change", () => this.isOpen && this.#reopen(), { signal });
    this.#prefersDark.addEventListener("change", () => this.#brand(), { signal });
    document.addEventListener("keydown", this.#escape, { signal });
    document.addEventListener("focusin", ({ target }) => this.#launcher?.dodge(target), { signal });
    addEventListener("beforeprint", this.#beforePrint, { signal });
  }

  /** After the element was away, or was only moved. */
  #returned(): void {
    if (this.#client?.state === "idle" && (this.isOpen || this.#client.needsConnection)) this.#client.connect();
  }

  get isOpen(): boolean {
    return this.#panel?.open ?? false;
  }

  open(): void {
    if (this.isOpen || !this.#client) return;
    performance.mark("ibid-open");
    this.#panel ??= this.#build(this.#client);
    this.#present();
    if (this.#launcher) this.#launcher.isExpanded = true;
    this.#view?.showNewest();
    this.#view?.focus({ preventScroll: true });
    if (this.#unseen) this.#view?.announce(this.#unseen);
    this.#seen();
    requestAnimationFrame(() => setTimeout(() => performance.measure("ibid-panel", "ibid-open")));
    this.#client.connect();
  }

  close(): void {
    if (!this.isOpen) return;
    this.#hide();
    this.#launcher?.element.focus();
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else this.open();
  }

  #hide(): void {
    this.#panel?.close();
    if (this.#launcher) this.#launcher.isExpanded = false;
  }

  /** Tells on the launcher what comes while the panel is closed; what tells of danger is said at once. */
  #heard(entry: Entry): void {
    const answer = entry.kind === "question" ? entry.answer : undefined;
    if (!this.#launcher || this.isOpen || (entry.kind !== "message" && !answer)) return;
    this.#unseen = entry;
    this.#launcher.hasNews = true;
    if (answer?.notice) this.#launcher.alarm(noticeSpeech(answer, serviceLanguage(this.#client?.hello ?? null)));
  }

  /** Nothing is news any more: it was shown, or forgotten in another window. */
  #seen(): void {
    this.#unseen = null;
    if (this.#launcher) this.#launcher.hasNews = false;
  }

  #build(client: IbidClient): HTMLDialogElement {
    const close = button("", () => this.close(), "icon-button close");
    close.append(icon(CROSS), el("span", { class: "visually-hidden" }, this.#words.say("close")));
    this.#view = new View({
      client,
      words: this.#words,
      place: "panel",
      title: this.dataset["title"] ?? null,
      showLogo: this.dataset["logo"] !== undefined,
      controls: [close],
      print: () => this.#print(),
      greeted: () => this.#brand(),
    });
    const panel = el("dialog", { class: "window", "aria-labelledby": "title" }, this.#view.element);
    panel.addEventListener("cancel", (event) => {
      if (event.target !== panel) return;
      event.preventDefault();
      this.close();
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#view?.isAsking) return;
      event.preventDefault();
      this.close();
    });
    this.shadowRoot?.append(panel);
    this.#brand();
    return panel;
  }

  /** Beside the site where there is room; over it, and then alone in reach, where there is not. */
  #present(): void {
    if (this.#small.matches) this.#panel?.showModal();
    else this.#panel?.show();
  }

  #reopen(): void {
    this.#panel?.close();
    this.#present();
    this.#view?.showNewest();
    this.#view?.focus({ preventScroll: true });
  }

  #darkSheet(): CSSStyleSheet {
    const { theme } = this.dataset;
    const media =
      theme === "dark" ? "screen" : theme === "light" ? "not all" : "screen and (prefers-color-scheme: dark)";
    return sheet(dark, media);
  }

  #brand(): void {
    const { theme } = this.dataset;
    const isDark = theme === "dark" || (theme !== "light" && this.#prefersDark.matches);
    applyBrand(this, this.#client?.hello?.service, isDark);
  }

  /** A site's own keyboard shortcuts must not answer to what is typed here. */
  #keepKeysInside(root: ShadowRoot): void {
    for (const type of ["keydown", "keypress", "keyup"])
      root.addEventListener(type, (event) => event.stopPropagation());
    this.#launcher?.element.addEventListener("keydown", this.#escape);
  }

  /**
   * WCAG 2.4.11: the panel may hide what the site's visitor has focused, so Escape closes it from there, too. A modal
   * panel is closed by its own keys, and a dialog of the site comes first.
   */
  #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    const isOthers = event.target instanceof Element && event.target.closest("dialog, [popover]") !== null;
    if (!this.isOpen || isOthers || this.#panel?.matches(":modal")) return;
    const focus = document.activeElement;
    this.#hide();
    // Some browsers give the focus back to where it was when the panel was opened.
    if (focus instanceof HTMLElement && document.activeElement !== focus) focus.focus({ preventScroll: true });
  };

  /** Prints the conversation instead of the site. */
  #print(): void {
    const hideSite = sheet(printing);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, hideSite];
    this.dataset["printing"] = "";
    const wasModal = this.#small.matches;
    if (wasModal) {
      this.#panel?.close();
      this.#panel?.show();
    }
    const restore = () => {
      delete this.dataset["printing"];
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== hideSite);
      if (wasModal) this.#reopen();
    };
    // Some browsers do not wait in `print` until it is done.
    addEventListener("afterprint", restore, { once: true });
    window.print();
  }

  #beforePrint = (): void => {
    if (this.dataset["printing"] === undefined || !this.#view) return;
    addEventListener("afterprint", this.#view.unfold(), { once: true });
  };
}

function sheet(text: string, media = "all"): CSSStyleSheet {
  const sheet = new CSSStyleSheet({ media });
  sheet.replaceSync(text);
  return sheet;
}

/** Lengths in `rem` would follow the site's own root size; in the panel they follow the reader's. */
function registerLength(): void {
  try {
    CSS.registerProperty({ name: "--ibid-rem", syntax: "<length>", inherits: true, initialValue: "16px" });
  } catch {
    // Registered before.
  }
}

/** One element a page, also where the script stands twice; a site that replaced its body gets a new one. */
function start(script: HTMLOrSVGScriptElement | null): void {
  if (!(script instanceof HTMLScriptElement)) return;
  if (!customElements.get(NAME)) {
    registerLength();
    customElements.define(NAME, IbidChat);
  }
  const chat = document.createElement(NAME);
  Object.assign(chat.dataset, { server: new URL(script.src).origin }, script.dataset);
  const add = () => document.querySelector(NAME) ?? document.body.append(chat);
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
}

start(document.currentScript);
