/** The parts that need no browser: waits, numbers, the journal, texts, colours, languages. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { backoffMs } from "../client/backoff.js";
import type { Entry } from "../client/entry.js";
import { type Journal, readJournal, type Store, writeJournal } from "../client/journal.js";
import { Numbering } from "../client/numbering.js";
import { contrast, parseHex, readableAccent, toHex } from "../src/colour.js";
import type { Answer, Citation } from "../client/index.js";
import { brief, characters, copyText, hedge, noticeSpeech, place, savedText, unwrapLines } from "../src/text.js";
import { chooseLanguage, Words } from "../src/words.js";

describe("waits between attempts", () => {
  test("grow to a bound, and half of each is random", () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 1000, 2000]);
    expect(backoffMs(0, 0.999)).toBeLessThan(500);
    expect(backoffMs(50, 0.5)).toBe(22_500);
  });
});

describe("numbers of frames", () => {
  test("an old frame is dropped, the next is taken", () => {
    const numbering = new Numbering();
    numbering.begin(1, 1);
    expect([2, 2, 1, 3].map((seq) => numbering.accept(seq))).toEqual(["new", "old", "old", "new"]);
  });

  test("a gap is reported once at a place, then lived with", () => {
    const numbering = new Numbering();
    numbering.begin(1, 1);
    expect(numbering.accept(3)).toBe("gap");
    numbering.begin(1, 3);
    expect(numbering.isCaughtUp).toBe(false);
    expect(numbering.accept(3)).toBe("new");
    expect(numbering.isCaughtUp).toBe(true);
    expect(numbering.accept(5)).toBe("gap");
  });
});

class Memory implements Store {
  readonly items = new Map<string, string>();
  constructor(readonly room = Infinity) {}
  getItem = (key: string) => this.items.get(key) ?? null;
  removeItem = (key: string) => void this.items.delete(key);
  setItem(key: string, value: string): void {
    if (value.length > this.room) throw new DOMException("full", "QuotaExceededError");
    this.items.set(key, value);
  }
}

const question = (id: string, progress: "sent" | "answered"): Entry => ({
  kind: "question",
  id,
  text: "x".repeat(100),
  asTyped: false,
  progress,
  refusals: 0,
  losses: 0,
});
const journal = (entries: Entry[]): Journal => ({
  version: 1,
  session: null,
  entries,
  unsent: [],
  forgetting: [],
  hello: null,
});

describe("the journal", () => {
  test("comes back as it was, with what was on its way waiting again", () => {
    const store = new Memory();
    writeJournal(store, "k", journal([question("a", "answered"), question("b", "sent")]));
    const progress = readJournal(store, "k").entries.map((entry) => entry.kind === "question" && entry.progress);
    expect(progress).toEqual(["answered", "waiting"]);
  });

  test("without room the oldest answers go first, and no open question does", () => {
    const store = new Memory(500);
    const entries = [question("a", "answered"), question("b", "sent"), question("c", "answered")];
    writeJournal(store, "k", journal(entries));
    const kept = readJournal(store, "k").entries.map(({ id }) => id);
    expect(kept).toContain("b");
    expect(kept).not.toContain("a");
  });

  test("one that was written before frames were kept has none", () => {
    const store = new Memory();
    store.items.set("k", '{"version":1,"session":null,"entries":[],"forgetting":[],"hello":null}');
    expect(readJournal(store, "k").unsent).toEqual([]);
  });

  test("what is not a journal is an empty one", () => {
    const store = new Memory();
    for (const text of ["", "{", "null", "[]", '{"version":2,"entries":[]}']) {
      store.items.set("k", text);
      expect(readJournal(store, "k").entries).toEqual([]);
    }
  });
});

/** What a quote can be checked with. */
const checked = { bytes: [0, 1] as [number, number], revision: "sha256:5d", sha256: "aa" };

describe("texts", () => {
  test("hard-wrapped lines flow, lists keep their lines, and the length stays", () => {
    const long = "a line that is long enough to have been wrapped by hand";
    const text = `${long}\nand goes on\n- an item\n\nshort\nlines`;
    expect(unwrapLines(text)).toBe(`${long} and goes on\n- an item\n\nshort\nlines`);
    expect(unwrapLines(text)).toHaveLength(text.length);
  });

  test("a place names document, sections, and pages or lines", () => {
    const lines: [number, number] = [3, 3];
    const reference = { ...checked, document: "a", title: "A", section: ["B"], lines, page: 2 };
    expect(place(reference, new Words("en"))).toBe("A › B, page 2");
    expect(place({ ...reference, last_page: 3 }, new Words("es"))).toBe("A › B, páginas 2–3");
    expect(place({ ...reference, page: null }, new Words("en"))).toBe("A › B, line 3");
    expect(place({ ...reference, lines: [3, 5], page: null }, new Words("de"))).toBe("A › B, Zeilen 3–5");
  });

  const words = new Words("en");
  const server = new URL("https://ibid.example");
  const citation = (quote: string): Citation => ({
    rank: 1,
    score: 1,
    quote,
    runs: [],
    passage: quote,
    lead_in: "Do not take it if:",
    reference: { ...checked, document: "a", title: "A", section: [], lines: null, language: "fr" },
  });
  const answered = (members: Partial<Answer>): Answer => ({
    outcome: "answered",
    confidence: 0.9,
    citations: [citation("you are pregnant")],
    index: "sha256:77",
    took_ms: 1,
    ...members,
  });
  const said = (answer: Answer) =>
    brief(answer, words, null)
      .map(({ text }) => text)
      .join(" ");
  const saved = (answer: Answer) =>
    savedText([{ ...question("a", "answered"), answer } as Entry], server, words, new Date(0), "en-GB");

  test("what leads in to a quote is said, copied and saved before it", () => {
    const quoted = "Do not take it if:\n“you are pregnant”\nA";
    expect(said(answered({}))).toBe("One quote. Do not take it if: “you are pregnant” From A.");
    expect(copyText(citation("you are pregnant"), null, words)).toBe(quoted);
    expect(saved(answered({}))).toContain(quoted);
  });

  test("what leads in is not said twice, nor without its quote", () => {
    const whole = citation("Do not take it if: you are pregnant");
    expect(copyText(whole, null, words)).toBe("“Do not take it if: you are pregnant”\nA");
    expect(said(answered({ citations: [citation("word ".repeat(60))] }))).toBe("One quote. From A.");
  });

  test("what is said is said in its own language", () => {
    const languages = (answer: Answer) => brief(answer, words, "de").map(({ lang }) => lang ?? "en");
    expect(languages(answered({}))).toEqual(["en", "fr", "en", "fr"]);
    expect(languages(answered({ citations: [], message: "Nichts." }))).toEqual(["de"]);
    expect(languages(answered({ outcome: "not_found", citations: [] })), "the interface's own words").toEqual(["en"]);
    const notice = {
      kind: "crisis" as const,
      title: "Hilfe",
      text: "Jetzt.",
      actions: [{ label: "112", href: "tel:112" }],
    };
    expect(noticeSpeech(answered({ notice }), "de")).toEqual([{ text: "Hilfe. Jetzt. 112.", lang: "de" }]);
  });

  test("how a question was read is said first, and saved", () => {
    const reread = answered({ read_as: "What is PRRT?" });
    const corrections = [
      { from: "recepter", to: "receptor" },
      { from: "tumer", to: "tumour" },
    ];
    const corrected = answered({ outcome: "not_found", citations: [], message: "Nothing.", corrections });
    const told = "I read “recepter” as “receptor”; I read “tumer” as “tumour”";
    expect(said(reread)).toMatch(/^I read this as “What is PRRT\?” One quote\./);
    expect(said(corrected)).toBe(`${told}. Nothing.`);
    expect(saved(corrected)).toContain(`\n\n${told}\n\nNothing.`);
  });

  test("how surely a quote answers is said and saved before it, unless it does very surely", () => {
    const told = "This may answer your question.";
    const unsure = answered({ confidence: 0.45 });
    expect(said(unsure)).toMatch(/^This may answer your question\. One quote\./);
    expect(saved(unsure)).toContain(`\n\n${told}\n\nDo not take it if:`);
    expect(said(answered({ outcome: "low_confidence" }))).toMatch(/^This may not be the answer/);
    expect(said(answered({ confidence: 0.45, citations: [], message: "Thanks." }))).toBe("Thanks.");
    expect(saved(answered({}))).not.toContain("answer your question");
  });

  test("the operator's caution stands for the interface's, unless it is in another language", () => {
    const message = "Ask the ward as well.";
    const unsure = answered({ outcome: "low_confidence", message });
    const own = "This may not be the answer to your question. It is the closest that the documents have.";
    const texts = (lang: string | null) => hedge(unsure, words, lang).map(({ text }) => text);
    expect(texts("en-GB")).toEqual([message]);
    expect(texts("de")).toEqual([message, own]);
    expect(texts(null)).toEqual([message, own]);
    expect(saved(unsure).split(message)).toHaveLength(2);
    expect(saved(unsure)).not.toContain(own);
  });

  test("characters are counted as the server counts them", () => expect(characters("a🙂é")).toBe(3));
});

describe("languages", () => {
  const folder = new URL("../locales/", import.meta.url);
  const locales = readdirSync(folder).map((name) => [name, read(name)] as const);
  function read(name: string): Record<string, string> {
    return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, string>;
  }
  const placeholders = (text = "") => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

  test.each(locales)("%s has every text, with the same placeholders, and none left empty", (_, texts) => {
    const english = read("en.json");
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe("");
      expect(placeholders(text), key).toEqual(placeholders(english[key]));
    }
  });

  test("the first wanted language that there is is taken", () => {
    expect(chooseLanguage(["fr", "de-AT", "en"])).toBe("de");
    expect(chooseLanguage([undefined, "", "__proto__", "toString"])).toBe("en");
  });

  test("placeholders are filled and counts take their form", () => {
    expect(new Words("en").count("charactersLeft", 1)).toBe("1 character left");
    expect(new Words("es").count("charactersLeft", 2)).toBe("quedan 2 caracteres");
    expect(new Words("en").say("readAs", { question: "{question} $1" })).toBe("I read this as “{question} $1”");
  });
});

describe("colours", () => {
  test("contrast is that of WCAG", () => {
    const [black, white, grey] = ["#000000", "#ffffff", "#767676"].map((colour) => parseHex(colour)!);
    expect(contrast(black!, white!)).toBeCloseTo(21);
    expect(contrast(grey!, white!)).toBeCloseTo(4.54, 2);
  });

  test("any colour of an operator becomes one that can be read", () => {
    for (const [grounds, isDark] of [
      [["#ffffff", "#f4f3ee"], false],
      [["#1a2529", "#10181b"], true],
    ] as const) {
      const known = grounds.map((ground) => parseHex(ground)!);
      for (const colour of ["#ffcc00", "#ff0000", "#000000", "#ffffff", "#00ff88", "#123456"]) {
        const { accent, onAccent, soft } = readableAccent(colour, known, isDark)!;
        const [a, on, tint] = [accent, onAccent, soft].map((hex) => parseHex(hex)!);
        for (const ground of [...known, tint!]) expect(contrast(a!, ground), colour).toBeGreaterThanOrEqual(4.5);
        expect(contrast(a!, on!), colour).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  test("what is no colour is none", () => {
    expect(parseHex("red;}")).toBeNull();
    expect(readableAccent("#12345", [[0, 0, 0]], false)).toBeNull();
    expect(toHex([1, 2, 255])).toBe("#0102ff");
  });
});

describe("the themes", () => {
  /** Text on its ground: 4.5 to 1 (1.4.3). Edges of controls and of the focus: 3 to 1 (1.4.11). */
  const TEXT = [
    ...["ink", "ink-soft", "accent", "danger", "caution"].flatMap((text) => [
      [text, "paper"],
      [text, "card"],
    ]),
    ...[
      ["on-accent", "accent"],
      ["on-bubble", "bubble"],
      ["on-danger", "danger"],
      ["ink", "mark"],
      ["accent", "accent-soft"],
    ],
    ...[
      ["danger", "danger-soft"],
      ["ink", "danger-soft"],
      ["caution", "caution-soft"],
      ["ink", "accent-soft"],
    ],
  ];
  const EDGES = ["field", "accent", "danger"].flatMap((edge) => [
    [edge, "paper"],
    [edge, "card"],
  ]);

  test.each(["tokens", "dark"])("%s: every text and every edge stands out", (name) => {
    const css = readFileSync(new URL(`../src/styles/${name}.css`, import.meta.url), "utf8");
    const colours = new Map(
      [...css.matchAll(/--([\w-]+): var\(.*?(#\w{6})\)+;/g)].map(([, key, hex]) => [key, parseHex(hex!)]),
    );
    const between = ([a, b]: string[]) => contrast(colours.get(a!)!, colours.get(b!)!);
    for (const pair of TEXT) expect(between(pair), pair.join(" on ")).toBeGreaterThanOrEqual(4.5);
    for (const pair of EDGES) expect(between(pair), pair.join(" on ")).toBeGreaterThanOrEqual(3);
  });
});
