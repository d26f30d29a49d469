/** A socket that the test plays, and a client on it whose clock the test moves. */

import { afterEach, beforeEach, vi } from "vitest";
import { type ClientOptions, IbidClient, type Question } from "../client/index.js";
import type { Store } from "../client/journal.js";

type Frame = Record<string, unknown>;

export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: Frame[] = [];
  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }
  send = (text: string) => void this.sent.push(JSON.parse(text) as Frame);
  close = (code = 1000) => this.end(code);
  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
  get(frame: Frame): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) }));
  }
  greet(members: Frame = {}): this {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    this.get({
      type: "hello",
      seq: 1,
      session: "s",
      token: "t",
      title: "T",
      heartbeat_secs: 10,
      resumed: false,
      ...members,
    });
    return this;
  }
  answer(id: string, seq: number, message = ""): void {
    this.get({ type: "answer", seq, in_reply_to: id, answer: { outcome: "small_talk", message, citations: [] } });
  }
  get asked(): unknown[] {
    return this.sentOf("ask").map(({ id }) => id);
  }
  sentOf(type: string): Frame[] {
    return this.sent.filter((frame) => frame["type"] === type);
  }
}

export const items = new Map<string, string>();
const storage: Store = {
  getItem: (key) => items.get(key) ?? null,
  setItem: (key, value) => void items.set(key, value),
  removeItem: (key) => void items.delete(key),
};

export const open = (options: ClientOptions = {}) => {
  const client = new IbidClient("https://ibid.example/x", {
    storage,
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    random: () => 0,
    ...options,
  });
  client.connect();
  return client;
};
export const questions = (client: IbidClient) => client.entries as readonly Question[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  items.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
