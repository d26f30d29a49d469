/**
 * The frames of subprotocol `ibid.v1`, as docs/protocol.md describes them. Members and
 * frames that are not named here are passed over.
 */

export interface Run {
  text: string;
  match: boolean;
}

export interface BibliographyEntry {
  label: string | null;
  text: string;
  url?: string | null;
  doi?: string | null;
  relation: "cited" | "related";
}

export interface Reference {
  document: string;
  title: string;
  /** Headings from the outermost inwards. */
  section: string[];
  /** First and last line, from 1. */
  lines: [number, number] | null;
  /** Page on which the quote begins, from 1, for formats that have pages. */
  page?: number | null;
  /** Page on which it ends, where that is another one. */
  last_page?: number;
  /** Half-open range of the quote in the UTF-8 text of this revision of the document. */
  bytes: [number, number];
  revision: string;
  /** Of the bytes of the quote, in hexadecimal. */
  sha256: string;
  url?: string | null;
  /** The readable page with the quote marked, relative to the server. */
  link?: string | null;
  /** ISO date. */
  reviewed?: string | null;
  /** BCP 47. */
  language?: string | null;
  bibliography?: BibliographyEntry[];
}

export interface Citation {
  /** From 1. */
  rank: number;
  /** Raw; not comparable between questions. */
  score: number;
  /** 0 to 1. */
  confidence?: number;
  quote: string;
  runs: Run[];
  passage: string;
  lead_in?: string | null;
  reference: Reference;
}

/** A label and where it leads: a telephone number, a mail address or a web page. */
export interface Action {
  label: string;
  href: string;
}

export interface Notice {
  kind: "emergency" | "crisis";
  title: string;
  text: string;
  actions: Action[];
}

export type Outcome = "answered" | "low_confidence" | "not_found" | "red_flag" | "small_talk" | "handoff";

export type NotFoundReason = "no_match" | "off_topic" | "too_vague" | "empty" | "language";

/** A heading that comes near to a question that was not answered. */
export interface Nearest {
  title: string;
  section: string[];
  link: string;
}

export interface Answer {
  outcome: Outcome;
  /** 0 to 1: how sure it is that the first quote answers. */
  confidence?: number;
  reason?: NotFoundReason | null;
  read_as?: string | null;
  corrections?: { from: string; to: string }[];
  message?: string | null;
  notice?: Notice | null;
  citations: Citation[];
  related?: string[];
  looked_for?: string[];
  nearest?: Nearest[];
  /** Revision of the index. */
  index: string;
  took_ms: number;
}

/** What the operator says about the service. */
export interface Service {
  about?: string | null;
  contact?: Action[];
  accent?: string | null;
  accent_dark?: string | null;
  logo?: string | null;
  privacy?: string | null;
  /** Whether a person can be asked for. */
  handoff?: boolean;
  /** Language of the operator's texts, BCP 47. */
  language?: string | null;
}

export interface Hello {
  type: "hello";
  seq: number;
  session: string;
  token: string;
  title: string;
  greeting?: string | null;
  suggestions?: string[];
  limits?: { question_chars?: number };
  heartbeat_secs: number;
  resumed: boolean;
  /** Number of the session's last frame when the connection began. */
  last_seq?: number;
  service?: Service;
}

export type FeedbackReason = "wrong" | "incomplete" | "unclear" | "unsafe" | "other";

export interface AnswerFrame {
  type: "answer";
  seq: number;
  in_reply_to: string;
  answer: Answer;
}

export interface ErrorFrame {
  type: "error";
  seq?: number;
  code: string;
  detail: string;
  in_reply_to?: string;
  retry_after_ms?: number;
}

export type HandoffState = "requested" | "accepted" | "closed";

export type ServerFrame =
  | Hello
  | AnswerFrame
  | ErrorFrame
  | { type: "status"; in_reply_to: string; state: "queued" | "searching" }
  | { type: "message"; seq: number; author: string; text: string }
  | { type: "handoff"; seq: number; state: HandoffState }
  | { type: "goodbye"; seq: number; reason: string; resume: boolean }
  | { type: "pong" };

export type ClientFrame =
  | { type: "ask"; id: string; question: string; as_typed?: true }
  | { type: "resume"; session: string; token: string; after: number }
  | { type: "feedback"; answer: number; helpful: boolean; reason?: FeedbackReason }
  | { type: "handoff"; note?: string }
  | { type: "forget" }
  | { type: "ping" };

/** Close codes that say how to go on. */
export const CLOSE = {
  normal: 1000,
  abnormal: 1006,
  policy: 1008,
  tooBig: 1009,
  notAuthorised: 4401,
  idle: 4408,
  takenOver: 4409,
  tooMany: 4429,
} as const;

/** The frame in a message, or null where there is none. */
export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    const isFrame = typeof frame === "object" && frame !== null && "type" in frame && typeof frame.type === "string";
    return isFrame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
