/** The client against a socket that the test plays: what wakes a connection that rests, and what is kept until then. */

import { expect, test, vi } from "vitest";
import { FakeSocket, open } from "./fake-socket.js";

test("a connection that comes to rest under a question comes back for it", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.end(4408);
  vi.advanceTimersByTime(250);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.last.greet({ resumed: true });
  expect(FakeSocket.last.asked).toEqual([id]);
  FakeSocket.last.answer(id, 2);
  FakeSocket.last.end(4408);
  vi.advanceTimersByTime(600_000);
  expect(client.state, "and rests when nothing waits").toBe("resting");
});

test("a judgement and the wish for a person wake a connection that rests", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.answer(id, 2);
  for (const [act, sent] of [
    [() => client.feedback(id, true), { type: "feedback", answer: 2, helpful: true }],
    [() => client.handoff("please"), { type: "handoff", note: "please" }],
  ] as const) {
    FakeSocket.last.get({ type: "pong" });
    FakeSocket.last.end(4408);
    expect(client.state).toBe("resting");
    act();
    FakeSocket.last.greet({ resumed: true, seq: 2 });
    expect(FakeSocket.last.sentOf(sent.type)).toEqual([sent]);
  }
});

test("what was wished without a connection survives a reload and is sent once", () => {
  const before = open();
  FakeSocket.last.greet().end(1006);
  expect([before.handoff("first"), before.handoff("second")]).toEqual([false, false]);
  before.close();
  open();
  FakeSocket.last.greet({ resumed: true });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([{ type: "handoff", note: "second" }]);
  FakeSocket.last.get({ type: "handoff", seq: 2, state: "requested" });
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sentOf("handoff")).toEqual([]);
});

test("a judgement that was kept is not sent in another session", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.answer(id, 2);
  FakeSocket.last.end(1006);
  client.feedback(id, true);
  FakeSocket.last.greet({ session: "other" });
  expect(FakeSocket.last.sentOf("feedback")).toEqual([]);
});

test("a connection that rests comes back for a person when the page is shown, until the person has left", () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", () => undefined);
  const client = open();
  const show = (visibilityState: string) => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  FakeSocket.last.greet();
  FakeSocket.last.get({ type: "handoff", seq: 2, state: "requested" });
  FakeSocket.last.end(4408);
  expect([client.state, client.needsConnection]).toEqual(["resting", true]);
  show("visible");
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  FakeSocket.last.end(4408);
  expect(client.state, "a reader who looks on waits for the person").toBe("lost");
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ resumed: true, seq: 2, last_seq: 3 });
  FakeSocket.last.get({ type: "handoff", seq: 3, state: "closed" });
  FakeSocket.last.end(4408);
  show("visible");
  expect([client.state, client.needsConnection]).toEqual(["resting", false]);
});
