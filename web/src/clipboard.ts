import { focused } from "./dom.js";

/** Copies text, also where a page without HTTPS has no clipboard interface. Gives back whether it was copied. */
export async function copy(text: string, within: Node): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, within);
  }
}

function copyBySelection(text: string, within: Node): boolean {
  const focus = focused(within);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  within.appendChild(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focus instanceof HTMLElement) focus.focus();
  return copied;
}
