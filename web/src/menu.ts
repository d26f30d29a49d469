/** What can be done with the whole conversation: reach a person, save, print, forget. */

import type { Action } from "../client/index.js";
import type { Context } from "./context.js";
import { button, el, focused, heading, icon } from "./dom.js";
import { actionLinks } from "./links.js";

export interface MenuActions {
  person(): void;
  save(): void;
  print(): void;
  forget(): void;
}

const FORGET = "forget";
const DOTS = "M5 12h.01M12 12h.01M19 12h.01";

export class Menu {
  readonly element: HTMLElement;
  readonly #control: HTMLButtonElement;
  readonly #list: HTMLElement;
  readonly #person: HTMLButtonElement;
  readonly #contact = el("div", { class: "menu-contact" });
  readonly #confirm: HTMLDialogElement;

  constructor(
    private readonly context: Context,
    act: MenuActions,
  ) {
    const { words, level } = context;
    this.#control = el(
      "button",
      { type: "button", class: "icon-button menu-button", "aria-expanded": "false", "aria-controls": "menu" },
      icon(DOTS),
      el("span", { class: "visually-hidden" }, words.say("menu")),
    );
    this.#confirm = this.#confirmation(act);
    const chosen = (then: () => void) => () => {
      this.close();
      then();
    };
    this.#person = button(words.say("askPerson"), chosen(act.person), "menu-item");
    this.#list = el(
      "div",
      { id: "menu", class: "menu", role: "group", "aria-label": words.say("menu"), hidden: true },
      this.#person,
      button(words.say("save"), chosen(act.save), "menu-item"),
      button(words.say("print"), chosen(act.print), "menu-item"),
      button(
        words.say("forget"),
        chosen(() => this.#confirm.showModal()),
        "menu-item",
      ),
      heading(level + 1, { class: "list-label" }, words.say("contact")),
      this.#contact,
    );
    this.#control.addEventListener("click", () => this.#toggle(this.#list.hidden === true));
    this.element = el("div", { class: "menu-place" }, this.#control, this.#list, this.#confirm);
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.#toggle(false);
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#list.hidden) return;
      event.stopPropagation();
      // Else the panel, where it is a modal dialog, would close as well.
      event.preventDefault();
      this.close();
    });
    this.showContact([]);
    this.offerPerson(false);
  }

  /** Whether a question is open that Escape answers. */
  get isAsking(): boolean {
    return this.#confirm.open;
  }

  /** Whether a person can be asked for. */
  offerPerson(offered: boolean): void {
    this.#person.hidden = !offered;
  }

  showContact(contact: readonly Action[]): void {
    const links = actionLinks(this.context, contact, "plain");
    this.#contact.replaceChildren(links ?? el("p", {}, this.context.words.say("contactNone")));
  }

  /** Closes if a press went elsewhere. */
  pressed(target: EventTarget | null): void {
    if (target instanceof Node && !this.element.contains(target)) this.#toggle(false);
  }

  close(): void {
    const focus = focused(this.#list);
    const hadFocus = focus !== null && this.#list.contains(focus);
    this.#toggle(false);
    if (hadFocus) this.#control.focus();
  }

  #toggle(open: boolean): void {
    this.#list.hidden = !open;
    this.#control.setAttribute("aria-expanded", String(open));
  }

  #confirmation(act: MenuActions): HTMLDialogElement {
    const { words, level } = this.context;
    const dialog = el(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      heading(level + 1, { id: "confirm-title" }, words.say("forgetTitle")),
      el("p", { id: "confirm-text" }, words.say("forgetText")),
      el(
        "div",
        { class: "confirm-choices" },
        button(words.say("forgetNo"), () => dialog.close("")),
        button(words.say("forgetYes"), () => dialog.close(FORGET), "plain danger"),
      ),
    );
    dialog.addEventListener("close", () => {
      this.#control.focus();
      if (dialog.returnValue === FORGET) act.forget();
      dialog.returnValue = "";
    });
    return dialog;
  }
}
