/**
 * Follows the numbers of a session's frames: what was seen before, what is missing, and when the replay after a
 * resumption is over.
 */
export class Numbering {
  /** Number of the last frame that was taken in. */
  last = 0;
  #replayEnd = 0;
  #gapAt = -1;

  /** A connection begins: its first frame has number `seq`, and what follows up to `lastSeq` is replay. */
  begin(seq: number, lastSeq: number): void {
    this.last = seq;
    this.#replayEnd = lastSeq;
  }

  get isCaughtUp(): boolean {
    return this.last >= this.#replayEnd;
  }

  /**
   * Takes a frame's number in. A gap is reported once at the same place, because asking for a replay mends it;
   * if it is still there after that, the frame is taken.
   */
  accept(seq: number): "new" | "old" | "gap" {
    if (seq <= this.last) return "old";
    if (seq > this.last + 1 && this.#gapAt !== this.last) {
      this.#gapAt = this.last;
      return "gap";
    }
    this.last = seq;
    return "new";
  }
}
