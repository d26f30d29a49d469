/** The operator's colours, set as custom properties that the theme takes where the site sets none of its own. */

import type { Service } from "../client/index.js";
import { parseHex, readableAccent } from "./colour.js";

const PROPERTIES = ["--brand-accent", "--brand-on-accent", "--brand-accent-soft"];

export function applyBrand(target: HTMLElement, service: Service | undefined, isDark: boolean): void {
  const wanted = (isDark ? service?.accent_dark : null) ?? service?.accent;
  const style = getComputedStyle(target);
  const grounds = ["--card", "--paper"].map((name) => parseHex(style.getPropertyValue(name).trim()));
  const known = grounds.filter((ground) => ground !== null);
  const accent = wanted ? readableAccent(wanted, known, isDark) : null;
  const values = accent ? [accent.accent, accent.onAccent, accent.soft] : [];
  PROPERTIES.forEach((name, at) => {
    const value = values[at];
    if (value) target.style.setProperty(name, value);
    else target.style.removeProperty(name);
  });
}
