/**
 * Builds elements without ever parsing HTML: strings become text nodes, so a
 * question or a quote cannot turn into markup.
 */

import { words } from "./words.js";

/** @typedef {Node | string | null | undefined} Child */

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] false, null and undefined leave one out
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {string} [className]
 */
export function button(label, onClick, className = "plain") {
  const element = el("button", { type: "button", class: className }, label);
  element.addEventListener("click", onClick);
  return element;
}

const WEB = ["https:", "http:"];
const CONTACT = ["tel:", "sms:", "mailto:", ...WEB];

/**
 * Gives the address back only if its scheme is harmless, against `javascript:` links in served data.
 * @param {string | null | undefined} address
 * @param {string[]} schemes
 * @returns {string | null}
 */
function checked(address, schemes) {
  if (!address) return null;
  try {
    const url = new URL(address, location.href);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {string | null | undefined} address */
export const webAddress = (address) => checked(address, WEB);

/** @param {string | null | undefined} address */
export const contactAddress = (address) => checked(address, CONTACT);

/**
 * A link to a document or a publication; opens beside the chat, so that the conversation stays.
 * @param {string} href
 * @param {string} className
 * @param {...Child} children
 */
export function outsideLink(href, className, ...children) {
  return el(
    "a",
    { href, class: className, target: "_blank", rel: "noopener" },
    ...children,
    el("span", { class: "visually-hidden" }, ` ${words.newTab}`),
  );
}
