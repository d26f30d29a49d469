/**
 * What survives a reload, in a storage that the page chooses (session storage, as a rule): the session, the
 * entries, what else has still to be sent, and the sessions that the server has still to forget, written together so
 * that they always agree.
 */

import { type Entry, isSettled } from "./entry.js";
import type { ClientFrame, Hello } from "./protocol.js";

export interface Session {
  id: string;
  token: string;
  /** Number of the last frame that was taken in. */
  seq: number;
}

/** Frames that are kept, besides the questions, until the server has taken them. */
export type Unsent = Extract<ClientFrame, { type: "feedback" | "handoff" }>;

export interface Journal {
  version: 1;
  session: Session | null;
  entries: Entry[];
  unsent: Unsent[];
  forgetting: Session[];
  hello: Hello | null;
}

/** The part of the Web Storage interface that is used. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const MAX_CHARACTERS = 2_000_000;

const empty = (): Journal => ({ version: 1, session: null, entries: [], unsent: [], forgetting: [], hello: null });

export function readJournal(store: Store | null, key: string): Journal {
  try {
    const saved: unknown = JSON.parse(store?.getItem(key) ?? "null");
    if (!isJournal(saved)) return empty();
    for (const entry of saved.entries) resetProgress(entry);
    return { ...empty(), ...saved };
  } catch {
    return empty();
  }
}

/** Writes the journal; where there is no room, without its oldest settled entries. */
export function writeJournal(store: Store | null, key: string, journal: Journal): void {
  if (!store) return;
  let entries = journal.entries;
  for (;;) {
    const text = JSON.stringify({ ...journal, entries });
    if (text.length <= MAX_CHARACTERS && tryToSet(store, key, text)) return;
    const oldest = entries.findIndex(isSettled);
    if (oldest < 0) return;
    entries = entries.filter((_, at) => at !== oldest);
  }
}

function tryToSet(store: Store, key: string, text: string): boolean {
  try {
    store.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** What was on its way when the page was left is asked again, under its old id. */
function resetProgress(entry: Entry): void {
  if (entry.kind !== "question" || isSettled(entry)) return;
  entry.progress = "waiting";
  delete entry.problem;
  delete entry.retryAt;
}

function isJournal(saved: unknown): saved is Journal {
  return typeof saved === "object" && saved !== null && "version" in saved && saved.version === 1;
}
