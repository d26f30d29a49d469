/** What a client is made with, and what it tells. */

import type { Entry } from "./entry.js";
import type { Store } from "./journal.js";
import type { LinkState } from "./link.js";
import type { Hello } from "./protocol.js";

export interface ClientOptions {
  /** Where the conversation is kept; null keeps it in memory. Session storage if left out and there is one. */
  storage?: Store | null;
  /** A session made for this page by the site's server, where the Ibid server lets nobody begin one without. */
  visitor?: { session: string; token: string } | null;
  /** For programs without a global `WebSocket`, and for tests. */
  WebSocket?: typeof WebSocket;
  /** A number in [0, 1), for the jitter of waits. */
  random?: () => number;
}

export type ClientEvents = {
  state: [state: LinkState];
  hello: [hello: Hello];
  /** An entry was added or has changed. */
  entry: [entry: Entry];
  /** The server began a new session: it no longer knows what was asked before. */
  renewed: [];
  /** Nobody can be asked for at the moment. */
  handoffRefused: [];
  /** The entries are gone. */
  cleared: [];
  /** The server has forgotten what it was told to forget. */
  forgotten: [];
};
