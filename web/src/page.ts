/** The chat page: the interface on a page of its own, served by the server that it talks to. */

import { IbidClient } from "../client/index.js";
import { applyBrand } from "./brand.js";
import "./styles/page.css";
import { View } from "./view.js";
import { chooseLanguage, Words } from "./words.js";

const words = new Words(chooseLanguage(navigator.languages));
const client = new IbidClient(location.origin);
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

const brand = () => applyBrand(root, client.hello?.service, dark.matches);

const view = new View({
  client,
  words,
  place: "page",
  showLogo: true,
  print: () => window.print(),
  greeted: (hello) => {
    document.title = hello.title || words.say("title");
    brand();
  },
});

root.lang = words.language;
document.title = client.hello?.title || words.say("title");
document.body.prepend(view.element);
document.querySelector(".without-script")?.remove();
keepFocusAboveDock();
dark.addEventListener("change", brand);
client.connect();

let fold = () => undefined as void;
addEventListener("beforeprint", () => (fold = view.unfold()));
addEventListener("afterprint", () => fold());

/** Tells the style sheet how much of the page's foot the dock covers, so that focus never hides behind it. */
function keepFocusAboveDock(): void {
  const dock = view.element.querySelector(".dock");
  if (!dock) return;
  new ResizeObserver(() => {
    root.style.setProperty("--dock-height", `${dock.getBoundingClientRect().height}px`);
  }).observe(dock);
}
