/** The client library, as `ibid-client.js`. */

export { backoffMs } from "./backoff.js";
export { IbidClient } from "./client.js";
export type { Entry, Handoff, PersonMessage, Progress, Question } from "./entry.js";
export type { Store } from "./journal.js";
export type { LinkState } from "./link.js";
export type { ClientEvents, ClientOptions } from "./options.js";
export * from "./protocol.js";
