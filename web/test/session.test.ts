/** The client against a socket that the test plays: sessions that end, are refused, made for the page, or forgotten. */

import { expect, test, vi } from "vitest";
import { FakeSocket, items, open, questions } from "./fake-socket.js";

const visitor = { session: "made", token: "secret" };

test("a session made for the page is taken up, once, and then gone on with like any other", () => {
  open({ visitor });
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  expect(FakeSocket.last.url).toContain("start=resume");
  expect(FakeSocket.last.sent[0]).toEqual({ type: "resume", session: "made", token: "secret", after: 0 });
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(60_000);
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  expect(FakeSocket.last.sent[0]).toEqual({ type: "resume", session: "made", token: "secret", after: 1 });
});

test("a person's message in a new session is not taken for one of the session before", () => {
  const client = open();
  const message = (seq: number, text: string) => FakeSocket.last.get({ type: "message", seq, author: "agent", text });
  FakeSocket.last.greet();
  message(2, "before");
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ session: "other" });
  message(2, "after");
  message(2, "same number");
  expect(client.entries.map((entry) => entry.kind === "message" && entry.text)).toEqual(["before", "after"]);
  expect(new Set(client.entries.map(({ id }) => id)).size).toBe(2);
});

test("an answer of an earlier session cannot be judged, one of this session can", () => {
  const client = open();
  FakeSocket.last.greet();
  const before = client.ask("a");
  FakeSocket.last.answer(before.id, 2);
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ session: "other" });
  const after = client.ask("b");
  FakeSocket.last.answer(after.id, 2);
  expect([client.feedback(before.id, false), client.feedback(after.id, true)]).toEqual([false, true]);
  expect(FakeSocket.last.sentOf("feedback")).toEqual([{ type: "feedback", answer: 2, helpful: true }]);
  expect(questions(client).map(({ feedback }) => feedback)).toEqual([undefined, { helpful: true }]);
});

test("a token that is not taken is given up, once", () => {
  const client = open();
  FakeSocket.last.greet().end(4401);
  expect(FakeSocket.last.url).toContain("start=new");
  FakeSocket.last.end(4401);
  vi.advanceTimersByTime(600_000);
  expect([client.state, FakeSocket.all.length]).toEqual(["refused", 2]);
});

test("a session made for the page that is used up asks for the page anew", () => {
  const client = open({ visitor });
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true }).end(4401);
  FakeSocket.last.end(4401);
  client.connect();
  vi.advanceTimersByTime(600_000);
  expect([client.state, FakeSocket.all.length]).toEqual(["expired", 2]);
});

test("a page with a session of its own that is not let in is refused all the same", () => {
  const client = open({ visitor });
  FakeSocket.last.end(1008);
  expect(client.state).toBe("refused");
});

test("forgetting uses the page's session up", () => {
  const client = open({ visitor });
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  client.forget();
  FakeSocket.last.end(1000);
  expect(FakeSocket.last.url).toContain("start=new");
  FakeSocket.last.end(4401);
  expect([client.state, client.hasToForget]).toEqual(["expired", false]);
});

test("a session to forget that the server knows no more is forgotten, and the page's own is taken up", () => {
  const before = open();
  FakeSocket.last.greet().end(1006);
  before.forget();
  before.close();
  const client = open({ visitor });
  FakeSocket.last.end(4401);
  FakeSocket.last.greet({ session: "made", token: "secret", resumed: true });
  expect(FakeSocket.last.sent).toEqual([{ type: "resume", ...visitor, after: 0 }]);
  expect([client.state, client.hasToForget]).toEqual(["open", false]);
});

test("a browser that blocks channels between windows is no obstacle", () => {
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      constructor() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      }
    },
  );
  const client = open();
  FakeSocket.last.greet();
  client.ask("a");
  client.forget();
  expect(client.entries).toEqual([]);
});

test("forgetting after closing empties too", () => {
  const client = open();
  FakeSocket.last.greet();
  client.ask("a");
  client.close();
  client.forget();
  expect(client.entries).toEqual([]);
});

test("forgetting empties at once, tells the server, and begins anew", () => {
  const client = open();
  const forgotten = vi.fn();
  client.on("forgotten", forgotten);
  FakeSocket.last.greet();
  const { id } = client.ask("secret");
  client.forget();
  expect(client.entries).toEqual([]);
  expect([...items.values()].join()).not.toContain("secret");
  FakeSocket.last.answer(id, 2, "late");
  expect(client.entries, "a late answer is not taken in").toEqual([]);
  FakeSocket.last.get({ type: "goodbye", seq: 3, reason: "forgotten", resume: false });
  FakeSocket.last.end(1000);
  expect(forgotten).toHaveBeenCalledOnce();
  expect(client.hasToForget).toBe(false);
  expect(FakeSocket.last.url).toContain("start=new");
});

test("what was forgotten without a connection is forgotten with the next, before anything is asked", () => {
  const client = open();
  FakeSocket.last.greet().end(1006);
  client.forget();
  const { id } = client.ask("new");
  FakeSocket.last.greet({ resumed: true });
  expect(FakeSocket.last.sent.map(({ type }) => type)).toEqual(["resume", "forget"]);
  FakeSocket.last.end(1000);
  FakeSocket.last.greet({ session: "new" });
  expect(FakeSocket.last.asked).toEqual([id]);
});

test("a wish for a person that is refused is told, once", () => {
  const client = open();
  const refused = vi.fn();
  client.on("handoffRefused", refused);
  FakeSocket.last.greet();
  FakeSocket.last.get({ type: "error", code: "bad_frame", detail: "" });
  expect(refused).not.toHaveBeenCalled();
  client.handoff();
  FakeSocket.last.get({ type: "error", code: "rate_limited", detail: "", retry_after_ms: 1000 });
  FakeSocket.last.get({ type: "error", code: "bad_frame", detail: "" });
  expect(refused).toHaveBeenCalledTimes(1);
});
