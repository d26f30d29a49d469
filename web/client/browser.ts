/** What the browser gives, where it gives it. */

import type { Store } from "./journal.js";

const CHANNEL = "ibid";

export const isShown = (): boolean => typeof document === "undefined" || document.visibilityState === "visible";

/** Null where there is none, and where the browser blocks it together with cookies. */
export function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null;
  }
}

/** Throws where there is none, as in Node.js before 22: nothing could ever be sent. */
export function socketOfHere(): typeof WebSocket {
  if (typeof WebSocket === "undefined") throw new TypeError("there is no WebSocket here: give one in the options");
  return WebSocket;
}

export function sessionStore(): Store | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
