/** The client against a socket that the test plays: what happens to questions when connections do not hold. */

import { expect, test, vi } from "vitest";
import { IbidClient } from "../client/index.js";
import { FakeSocket, open, questions } from "./fake-socket.js";

test("a question asked without a connection is sent with the first one", () => {
  const client = open();
  const { id } = client.ask("what?");
  expect(FakeSocket.last.url).toBe("wss://ibid.example/api/v1/chat?start=new");
  FakeSocket.last.greet();
  expect(FakeSocket.last.asked).toEqual([id]);
});

test("after a loss the session is resumed, and what has no answer is asked again only after the replay", () => {
  const client = open();
  FakeSocket.last.greet();
  const [a, b] = [client.ask("a"), client.ask("b")];
  FakeSocket.last.end(1006);
  expect(client.state).toBe("lost");
  vi.advanceTimersByTime(250);
  expect(FakeSocket.last.url).toContain("start=resume");
  FakeSocket.last.greet({ resumed: true, last_seq: 2 });
  expect(FakeSocket.last.sent).toEqual([{ type: "resume", session: "s", token: "t", after: 1 }]);
  FakeSocket.last.answer(a.id, 2);
  expect(FakeSocket.last.asked).toEqual([b.id]);
  expect(questions(client).map(({ progress }) => progress)).toEqual(["answered", "sent"]);
});

test("nothing is taken in twice, by number or by id", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.answer(id, 2, "first");
  FakeSocket.last.answer(id, 2, "same number");
  FakeSocket.last.answer(id, 3, "same id");
  expect(questions(client).map(({ answer }) => answer?.message)).toEqual(["first"]);
});

test("a gap drops the connection and asks for the replay of what is missing", () => {
  const client = open();
  FakeSocket.last.greet();
  const [a, b] = [client.ask("a"), client.ask("b")];
  FakeSocket.last.answer(b.id, 3);
  expect(client.state).toBe("lost");
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ resumed: true, last_seq: 3 });
  FakeSocket.last.answer(a.id, 2);
  FakeSocket.last.answer(b.id, 3);
  expect(questions(client).map(({ seq }) => seq)).toEqual([2, 3]);
  expect(FakeSocket.last.asked).toEqual([]);
});

test("what has no answer when the connection is ended is asked with the next one", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  const held = client.ask("b");
  FakeSocket.last.get({ type: "error", code: "busy", in_reply_to: held.id, retry_after_ms: 60_000 });
  client.close();
  expect(questions(client).map(({ progress }) => progress)).toEqual(["waiting", "waiting"]);
  client.connect();
  FakeSocket.last.greet({ resumed: true, last_seq: 1 });
  expect(FakeSocket.last.asked).toEqual([id, held.id]);
});

test("a client that cannot have a socket says so when it is made", () => {
  vi.stubGlobal("WebSocket", undefined);
  expect(() => new IbidClient("https://ibid.example")).toThrow("give one in the options");
});

test("a server that knows the session no more is asked anew what has no answer", () => {
  const client = open();
  const renewed = vi.fn();
  client.on("renewed", renewed);
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  FakeSocket.last.end(1006);
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ session: "other" });
  expect(renewed).toHaveBeenCalledOnce();
  expect(FakeSocket.last.asked).toEqual([id]);
});

test("a reload goes on with session, entries and what waits", () => {
  const before = open();
  FakeSocket.last.greet();
  const [a, b] = [before.ask("a"), before.ask("b")];
  FakeSocket.last.answer(a.id, 2);
  before.close();
  const after = open();
  FakeSocket.last.greet({ resumed: true, seq: 2 });
  expect(FakeSocket.last.sent[0]).toEqual({ type: "resume", session: "s", token: "t", after: 2 });
  expect(FakeSocket.last.asked).toEqual([b.id]);
  expect(questions(after).map(({ id }) => id)).toEqual([a.id, b.id]);
  expect(after.ask("c").id, "ids are not used again").not.toBe(a.id);
});

test("a question put off is asked again by itself, a few times", () => {
  const client = open();
  FakeSocket.last.greet();
  const { id } = client.ask("a");
  for (let seq = 2; seq <= 7; seq += 1) {
    FakeSocket.last.get({ type: "error", seq, code: "busy", detail: "", in_reply_to: id, retry_after_ms: 1000 });
    expect(questions(client)[0]?.progress).toBe("held");
    vi.advanceTimersByTime(1000);
  }
  FakeSocket.last.get({ type: "error", seq: 8, code: "busy", detail: "", in_reply_to: id, retry_after_ms: 1000 });
  expect(questions(client)[0]).toMatchObject({ progress: "failed", problem: "busy" });
  expect(FakeSocket.last.asked).toEqual(Array(7).fill(id));
});

test("a server that still loads is asked again after growing waits, an error that stays is not", () => {
  const client = open();
  FakeSocket.last.greet();
  const [a, b] = [client.ask("a"), client.ask("b")];
  FakeSocket.last.get({ type: "error", seq: 2, code: "not_ready", detail: "", in_reply_to: a.id });
  FakeSocket.last.get({ type: "error", seq: 3, code: "internal", detail: "", in_reply_to: b.id });
  expect(questions(client).map(({ progress }) => progress)).toEqual(["held", "failed"]);
  vi.advanceTimersByTime(1000);
  FakeSocket.last.get({ type: "error", seq: 4, code: "not_ready", detail: "", in_reply_to: a.id });
  vi.advanceTimersByTime(1999);
  expect(FakeSocket.last.asked).toEqual([a.id, b.id, a.id]);
  vi.advanceTimersByTime(1);
  expect(FakeSocket.last.asked).toEqual([a.id, b.id, a.id, a.id]);
});

test("a link that is dead but not closed is dropped after two silent heartbeats", () => {
  const client = open();
  FakeSocket.last.greet();
  vi.advanceTimersByTime(10_000);
  expect(FakeSocket.last.sent).toEqual([{ type: "ping" }]);
  FakeSocket.last.get({ type: "pong" });
  vi.advanceTimersByTime(10_000);
  expect(client.state).toBe("open");
  vi.advanceTimersByTime(10_000);
  expect(client.state).toBe("lost");
});

test("a line that is dead when a question is sent is dropped after a few seconds", () => {
  const client = open();
  FakeSocket.last.greet();
  client.ask("a");
  expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "ping" });
  FakeSocket.last.get({ type: "pong" });
  vi.advanceTimersByTime(5000);
  expect(client.state).toBe("open");
  const { id } = client.ask("b");
  vi.advanceTimersByTime(5000);
  expect(client.state).toBe("lost");
  vi.advanceTimersByTime(250);
  FakeSocket.last.greet({ resumed: true });
  expect(FakeSocket.last.asked).toContain(id);
});

test("a session taken over rests until it is asked for", () => {
  const client = open();
  FakeSocket.last.greet().end(4409);
  vi.advanceTimersByTime(600_000);
  expect([client.state, FakeSocket.all.length]).toEqual(["taken", 1]);
  client.connect();
  expect(FakeSocket.last.url).toContain("start=resume");
});

test("a page that may not open a socket at all is refused, and keeps the question", () => {
  class Forbidden {
    constructor() {
      throw new DOMException("mixed content", "SecurityError");
    }
  }
  const client = new IbidClient("http://ibid.example", {
    storage: null,
    WebSocket: Forbidden as unknown as typeof WebSocket,
  });
  client.ask("a");
  expect([client.state, questions(client)[0]?.progress]).toEqual(["refused", "waiting"]);
});

test("waits grow while the server is away, and start over once a connection has held", () => {
  const client = open();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(250 * 2 ** attempt - 1);
    expect(FakeSocket.all).toHaveLength(attempt + 1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(attempt + 2);
  }
  expect(client.attempts).toBe(4);
  FakeSocket.last.greet();
  vi.advanceTimersByTime(5000);
  expect(client.attempts).toBe(0);
});

/** A server that accepts, answers in order, and replays; `cut` says when the connection breaks under it. */
class FakeServer {
  readonly answered: string[] = [];

  /** Serves one connection until it is cut or there is nothing left to do. */
  serve(socket: FakeSocket, cut: () => boolean): void {
    socket.readyState = 1;
    socket.dispatchEvent(new Event("open"));
    const after = Number(socket.sent[0]?.["after"] ?? 1);
    const known = this.answered.length;
    socket.greet({ seq: after, last_seq: known + 1, resumed: socket.sent.length > 0 });
    for (let at = after - 1; at < known; at += 1) {
      if (cut()) return;
      socket.answer(this.answered[at]!, at + 2);
    }
    for (let at = 0; at < socket.asked.length; at += 1) {
      const id = String(socket.asked[at]);
      if (cut()) return;
      if (this.answered.includes(id)) continue;
      this.answered.push(id);
      if (cut()) return;
      socket.answer(id, this.answered.length + 1);
    }
  }
}

test("a thousand cuts at random moments lose nothing, double nothing and keep the order", () => {
  let state = 42;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const client = new IbidClient("https://ibid.example", {
    storage: null,
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    random: () => 0.5,
  });
  const server = new FakeServer();
  const taken: string[] = [];
  client.on("entry", (entry) => {
    if (entry.kind === "question" && entry.progress === "answered") taken.push(entry.id);
  });
  client.connect();
  for (let cuts = 0; cuts < 1000; cuts += 1) {
    if (random() < 0.4) client.ask("before");
    server.serve(FakeSocket.last, () => random() < 0.2);
    if (random() < 0.4) client.ask("after");
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(60_000);
  }
  server.serve(FakeSocket.last, () => false);
  const asked = questions(client).map(({ id }) => id);
  console.log(`1000 cuts, ${asked.length} questions, ${taken.length} answers taken in`);
  expect(asked.length).toBeGreaterThan(500);
  expect(taken).toEqual(asked);
  expect(server.answered).toEqual(asked);
});
