/**
 * The conversation as a list of entries. An entry changes in place until it is settled; all of it is plain data,
 * so that it can be stored as it is.
 */

import type { Answer, FeedbackReason, HandoffState } from "./protocol.js";

/**
 * How far a question is: `waiting` for a connection, `sent`, then `queued` or `searching` as the server says,
 * `held` until it may be asked again, and in the end `answered` or `failed`.
 */
export type Progress = "waiting" | "sent" | "queued" | "searching" | "held" | "answered" | "failed";

export interface Question {
  kind: "question";
  id: string;
  /** As typed; null when it was asked by another window of the same session. */
  text: string | null;
  asTyped: boolean;
  progress: Progress;
  /** Number of the answer's frame, and id of the session that it counts in. */
  seq?: number;
  session?: string;
  answer?: Answer;
  /** Why it failed or is held: a code of the protocol, or `unreachable` or `cancelled`. */
  problem?: string;
  /** When a held question is asked again, in milliseconds since 1970. */
  retryAt?: number;
  feedback?: { helpful: boolean; reason?: FeedbackReason };
  /** How often the server put it off, and how many connections broke under it. */
  refusals: number;
  losses: number;
}

/** Something that a person of the help desk wrote. */
export interface PersonMessage {
  kind: "message";
  id: string;
  text: string;
}

export interface Handoff {
  kind: "handoff";
  id: string;
  /** `lost` where the session that a person was asked into is gone, so that the person can no longer come. */
  state: HandoffState | "lost";
  /** Id of the session that is handed over. */
  session: string;
}

export type Entry = Question | PersonMessage | Handoff;

export const isSettled = (entry: Entry): boolean =>
  entry.kind !== "question" || entry.progress === "answered" || entry.progress === "failed";

/** The newest hand-over to a person, unless that person has left or can no longer come. */
export function openHandoff(entries: readonly Entry[]): Handoff | undefined {
  const last = entries.filter((entry) => entry.kind === "handoff").at(-1);
  return last?.state === "closed" || last?.state === "lost" ? undefined : last;
}
