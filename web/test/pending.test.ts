/** The client against a socket that the test plays: judgements and the wish for a person when connections do not hold. */

import { expect, test, vi } from "vitest";
import type { IbidClient } from "../client/index.js";
import { FakeSocket, open } from "./fake-socket.js";

const JUDGED = { type: "feedback", answer: 2, helpful: false, reason: "unsafe" };

/** A client with one answer. */
function answered(): { client: IbidClient; id: string } {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.answer(id, 2);
  FakeSocket.last.get({ type: "pong" });
  return { client, id };
}

/** The line is dead: the ping after what was sent has no answer. */
function noticeLoss(client: IbidClient): void {
  vi.advanceTimersByTime(5000);
  expect(client.state).toBe("lost");
  vi.advanceTimersByTime(1000);
}

test("a wish for a person that went into a dead line is sent again, until a person has been asked for", () => {
  const { client } = answered();
  expect(client.handoff("please")).toBe(true);
  noticeLoss(client);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([{ type: "handoff", note: "please" }]);
  FakeSocket.last.get({ type: "handoff", seq: 3, state: "requested" });
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.greet({ resumed: true, seq: 3 });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([]);
});

test("a wish whose answer is among what was missed is not sent again", () => {
  const { client } = answered();
  client.handoff();
  noticeLoss(client);
  FakeSocket.last.greet({ resumed: true, seq: 2, last_seq: 3 });
  FakeSocket.last.get({ type: "handoff", seq: 3, state: "requested" });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([]);
});

test("an earlier person who leaves does not take a new wish along", () => {
  const { client } = answered();
  FakeSocket.last.end(1006);
  client.handoff();
  FakeSocket.last.greet({ resumed: true, seq: 2, last_seq: 3 });
  FakeSocket.last.get({ type: "handoff", seq: 3, state: "closed" });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([{ type: "handoff" }]);
});

test("a judgement that went into a dead line is sent again, until a ping after it is answered", () => {
  const { client, id } = answered();
  client.feedback(id, false, "unsafe");
  noticeLoss(client);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([JUDGED]);
  FakeSocket.last.get({ type: "pong" });
  expect(client.needsConnection).toBe(false);
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([]);
});

test("the answer to an earlier ping says nothing of a judgement", () => {
  const { client, id } = answered();
  client.ask("b");
  client.feedback(id, false, "unsafe");
  FakeSocket.last.get({ type: "pong" });
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([JUDGED]);
});

test("a judgement that is changed before it is sent is sent as it is last", () => {
  const { client, id } = answered();
  FakeSocket.last.end(1006);
  client.feedback(id, true);
  client.feedback(id, false, "unsafe");
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([JUDGED]);
});

test("a wish that was kept over a reload is told when it is refused", () => {
  const before = open();
  FakeSocket.last.greet().end(1006);
  before.handoff();
  before.close();
  const client = open();
  const refused = vi.fn();
  client.on("handoffRefused", refused);
  FakeSocket.last.greet({ resumed: true });
  FakeSocket.last.get({ type: "error", code: "rate_limited", detail: "", retry_after_ms: 1000 });
  expect(refused).toHaveBeenCalledOnce();
  expect(client.needsConnection).toBe(false);
});

test("a judgement that is refused is not taken for the wish for a person", () => {
  const { client, id } = answered();
  const refused = vi.fn();
  client.on("handoffRefused", refused);
  client.feedback(id, true);
  client.handoff();
  FakeSocket.last.get({ type: "error", code: "unknown_answer", detail: "" });
  expect(refused).not.toHaveBeenCalled();
  FakeSocket.last.get({ type: "error", code: "handoff_unavailable", detail: "" });
  expect(refused).toHaveBeenCalledOnce();
});

test("a note that is too large for the server is refused, not sent for ever", () => {
  const { client } = answered();
  const refused = vi.fn();
  client.on("handoffRefused", refused);
  client.handoff("x".repeat(20_000));
  FakeSocket.last.end(1009);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(refused).toHaveBeenCalledOnce();
  expect(FakeSocket.last.sentOf("handoff")).toEqual([]);
});

test("a person who was asked into a session that is gone is said to be lost, once", () => {
  const { client } = answered();
  FakeSocket.last.get({ type: "handoff", seq: 3, state: "requested" });
  for (const session of ["other", "third"]) {
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(1000);
    FakeSocket.last.greet({ session });
  }
  const states = client.entries.map((entry) => entry.kind === "handoff" && entry.state);
  expect(states).toEqual([false, "requested", "lost"]);
  expect(client.hasPerson).toBe(false);
});

test("a session made for the page that stands in for one that is gone is a new one", () => {
  const before = open();
  FakeSocket.last.greet();
  FakeSocket.last.get({ type: "handoff", seq: 2, state: "accepted" });
  before.close();
  const client = open({ visitor: { session: "made", token: "secret" } });
  const renewed = vi.fn();
  client.on("renewed", renewed);
  FakeSocket.last.end(4401);
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  expect(renewed).toHaveBeenCalledOnce();
  expect(client.entries.at(-1)).toMatchObject({ kind: "handoff", state: "lost", session: "s" });
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  expect(renewed).toHaveBeenCalledOnce();
});

test("a judgement of a session that was given up is not sent in the next, also after a reload", () => {
  const { client, id } = answered();
  FakeSocket.last.end(1006);
  client.feedback(id, true);
  FakeSocket.last.end(4401);
  client.close();
  open();
  FakeSocket.last.greet({ session: "other" });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([]);
});

test("what was tried without a network does not count against the service once it is back", () => {
  const listeners = new Map<string, () => void>();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  vi.stubGlobal("addEventListener", (type: string, listener: () => void) => listeners.set(type, listener));
  const client = open();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(30_000);
  }
  expect(client.attempts).toBeGreaterThan(4);
  FakeSocket.last.end(1006);
  listeners.get("online")?.();
  expect([client.attempts, client.state]).toEqual([0, "connecting"]);
});
