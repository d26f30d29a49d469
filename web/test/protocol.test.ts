/** The types of the client library against the protocol as it is written down for everybody. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Answer, AnswerFrame, Citation, Reference } from "../client/index.js";

/** Every member that a type names; the compiler sees to it that none is left out. */
type Members<Type> = Record<keyof Type, true>;

const REFERENCE: Members<Reference> = {
  document: true,
  title: true,
  section: true,
  lines: true,
  page: true,
  last_page: true,
  bytes: true,
  revision: true,
  sha256: true,
  url: true,
  link: true,
  reviewed: true,
  language: true,
  bibliography: true,
};
const CITATION: Members<Citation> = {
  rank: true,
  score: true,
  confidence: true,
  quote: true,
  runs: true,
  passage: true,
  lead_in: true,
  reference: true,
};
const ANSWER: Members<Answer> = {
  outcome: true,
  confidence: true,
  reason: true,
  read_as: true,
  corrections: true,
  message: true,
  notice: true,
  citations: true,
  related: true,
  looked_for: true,
  nearest: true,
  index: true,
  took_ms: true,
};

/** The answers in the session that the protocol shows. */
const answers = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith('< {"type": "answer"'))
  .map((line) => (JSON.parse(line.slice(2)) as AnswerFrame).answer);

test("every member of an answer that the protocol shows has a type", () => {
  const citations = answers.flatMap(({ citations }) => citations);
  expect(citations.length).toBeGreaterThan(0);
  for (const answer of answers) expect(Object.keys(ANSWER)).toEqual(expect.arrayContaining(Object.keys(answer)));
  for (const citation of citations) {
    expect(Object.keys(CITATION)).toEqual(expect.arrayContaining(Object.keys(citation)));
    expect(Object.keys(REFERENCE)).toEqual(expect.arrayContaining(Object.keys(citation.reference)));
  }
});

test("a quote can be handed to verification as it came", () => {
  const { document, revision, bytes, sha256 }: Reference = answers[0]!.citations[0]!.reference;
  const body: { document: string; revision: string; bytes: [number, number]; sha256: string } = {
    document,
    revision,
    bytes,
    sha256,
  };
  expect(Object.values(body)).not.toContain(undefined);
});
