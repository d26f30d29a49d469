/** Contrast as WCAG 2 defines it, and an operator's colour made readable on the grounds that it stands on. */

export type Rgb = readonly [number, number, number];

export function parseHex(colour: string): Rgb | null {
  const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (!digits) return null;
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export const toHex = (colour: Rgb): string =>
  `#${colour.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;

/** Relative luminance (WCAG 2.2, definitions). */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] * share + b[0] * (1 - share),
  a[1] * share + b[1] * (1 - share),
  a[2] * share + b[2] * (1 - share),
];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const ENOUGH = 4.6;
const STEPS = 20;
const SOFT = 0.1;

export interface Accent {
  accent: string;
  onAccent: string;
  soft: string;
}

/**
 * The colour moved towards black, or in the dark towards white, until it is readable on every ground and on its own
 * soft tint.
 */
export function readableAccent(colour: string, grounds: readonly Rgb[], isDark: boolean): Accent | null {
  const wanted = parseHex(colour);
  const [card] = grounds;
  if (!wanted || !card) return null;
  for (let step = 0; step <= STEPS; step += 1) {
    const accent = mix(isDark ? WHITE : BLACK, wanted, step / STEPS);
    const soft = mix(accent, card, SOFT);
    if (![...grounds, soft].every((ground) => contrast(accent, ground) >= ENOUGH)) continue;
    const onAccent = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
    return { accent: toHex(accent), onAccent: toHex(onAccent), soft: toHex(soft) };
  }
  return null;
}
