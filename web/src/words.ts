/**
 * Every sentence that the interface itself says, by language. The greeting, the messages and the notices are the
 * operator's and come over the socket.
 */

import de from "../locales/de.json";
import en from "../locales/en.json";
import es from "../locales/es.json";

export type Key = keyof typeof en;
type Counted<Name> = Name extends `${infer Stem}_one` ? Stem : never;
export type CountedKey = Counted<Key>;
type Values = Record<string, string | number>;

const LOCALES: Record<string, Record<Key, string>> = { en, es, de };

/** The first of the wanted languages that there is, by its primary subtag; else English. */
export function chooseLanguage(wanted: readonly (string | null | undefined)[]): string {
  for (const language of wanted) {
    const primary = language?.toLowerCase().split("-")[0] ?? "";
    if (Object.hasOwn(LOCALES, primary)) return primary;
  }
  return "en";
}

export class Words {
  readonly #texts: Record<Key, string>;
  readonly #plural: Intl.PluralRules;

  constructor(readonly language: string) {
    this.#texts = LOCALES[language] ?? en;
    this.#plural = new Intl.PluralRules(language);
  }

  /** A text with its placeholders filled in. */
  say(key: Key, values: Values = {}): string {
    return this.#texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** A text in the form that `count` asks for. */
  count(key: CountedKey, count: number): string {
    const form = this.#plural.select(count) === "one" ? "one" : "other";
    return this.say(`${key}_${form}`, { count });
  }

  /** An ISO date in full; whatever else a document gives stays as it is. */
  date(date: string): string {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) return date;
    const day = new Date(`${date}T00:00:00Z`);
    if (Number.isNaN(day.getTime())) return date;
    return new Intl.DateTimeFormat(this.language, { dateStyle: "long", timeZone: "UTC" }).format(day);
  }
}
