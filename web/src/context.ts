/** What the parts of the interface share. */

import type { FeedbackReason, Hello } from "../client/index.js";
import type { Speech } from "./text.js";
import type { Words } from "./words.js";

export interface Actions {
  ask(text: string, asTyped?: boolean): void;
  /** Puts a question back into the box. */
  edit(text: string): void;
  retry(id: string): void;
  cancel(id: string): void;
  feedback(id: string, helpful: boolean, reason?: FeedbackReason): boolean;
}

export interface Context {
  words: Words;
  server: URL;
  /** Level of the heading that names the whole: 1 on a page, 2 on someone else's. */
  level: number;
  act: Actions;
  /** Says a text to screen readers when they are done with what they say now. */
  announce(speech: string | Speech): void;
  /** Says a text to screen readers at once. */
  alarm(speech: Speech): void;
  hello(): Hello | null;
  /** Whether the server does not let this page in, so that nothing that waits will be sent. */
  isRefused(): boolean;
}

/** The language of the operator's own texts, where it is known. */
export const serviceLanguage = (hello: Hello | null): string | null => hello?.service?.language ?? null;
