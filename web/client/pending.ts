/**
 * Judgements and the wish for a person, each kept until the server has taken it: a line may be dead long before that
 * is noticed. Knows nothing of connections: it is told when one is ready, when one broke, and what the server said.
 */

import type { Unsent } from "./journal.js";
import type { ClientFrame } from "./protocol.js";

interface Kept {
  unsent: Unsent[];
}

export class Pending {
  /** What was handed to this connection, with the number of the ping after it. */
  readonly #sent = new Map<Unsent, number>();

  constructor(private readonly kept: Kept) {}

  /** Keeps a frame, in place of an earlier one that says the same thing. */
  keep(frame: Unsent): void {
    this.#drop((other) => isOfSameThing(other, frame));
    this.kept.unsent.push(frame);
  }

  /** Hands over what this connection has not had, until `send` says that it cannot. `ping` is the newest ping's number. */
  flush(send: (frame: ClientFrame) => boolean, ping: () => number): void {
    for (const frame of this.kept.unsent) {
      if (this.#sent.has(frame)) continue;
      if (!send(frame)) return;
      this.#sent.set(frame, ping());
    }
  }

  isSent(frame: Unsent): boolean {
    return this.#sent.has(frame);
  }

  /** A ping was answered: whatever was sent before it has come to the server. */
  answered(ping: number): void {
    this.#drop((frame) => frame.type === "feedback" && (this.#sent.get(frame) ?? Infinity) <= ping);
  }

  /** A person has been asked for. */
  personAsked(): void {
    this.#drop(({ type }) => type === "handoff");
  }

  /** Gives up the wish for a person that was sent. Gives back whether there was one. */
  personRefused(): boolean {
    return this.#drop((frame) => frame.type === "handoff" && this.#sent.has(frame));
  }

  /** Judgements are of answers of one session. */
  sessionLost(): void {
    this.#drop(({ type }) => type === "feedback");
  }

  connectionLost(): void {
    this.#sent.clear();
  }

  /** Gives back whether there was anything to drop. */
  #drop(isDropped: (frame: Unsent) => boolean): boolean {
    const left = this.kept.unsent.filter((frame) => !isDropped(frame));
    const isAny = left.length < this.kept.unsent.length;
    this.kept.unsent = left;
    for (const frame of this.#sent.keys()) if (!left.includes(frame)) this.#sent.delete(frame);
    return isAny;
  }
}

function isOfSameThing(one: Unsent, other: Unsent): boolean {
  if (one.type === "feedback") return other.type === "feedback" && one.answer === other.answer;
  return one.type === other.type;
}
