const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * The wait before attempt number `attempt`, from 0: doubles up to a bound. Half of it is random, so that the
 * pages of a restarted server do not all return at once. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return longest / 2 + (longest / 2) * random;
}
