/**
 * The server's end of the socket, played by the test: for states that the shipped corpus and a healthy server hardly
 * produce. What is tested with it is what the page makes of a frame, not that a server sends it.
 */

export const HELLO = {
  type: "hello",
  seq: 1,
  protocol: "ibid.v1",
  session: "s",
  token: "t",
  title: "Questions",
  greeting: "Hello.",
  suggestions: ["What is it?"],
  limits: { question_chars: 100 },
  heartbeat_secs: 20,
  resumed: false,
  last_seq: 1,
  service: {
    about: "It quotes. It does not advise.",
    contact: [
      { label: "Call the ward", href: "tel:+15550100" },
      { label: "Write to us", href: "mailto:ward@clinic.example" },
    ],
    accent: null,
    accent_dark: null,
    logo: null,
    privacy: "https://clinic.example/privacy",
  },
};

export const CITATION = {
  rank: 1,
  score: 1,
  confidence: 0.4,
  quote: "The first sentence.",
  runs: [
    { text: "The ", match: false },
    { text: "first", match: true },
    { text: " sentence.", match: false },
  ],
  passage: "Before it. The first sentence. After it.",
  lead_in: "What it is about",
  reference: {
    document: "a.md",
    title: "A document",
    section: ["One", "Two"],
    lines: [3, 4],
    page: null,
    url: null,
    reviewed: "2021-06-05",
    language: "en",
    link: "/documents/a.md#b1-2",
    bibliography: [
      { label: "5", text: "A study. doi:10.1000/182.", url: null, doi: "10.1000/182", relation: "cited" },
      { label: null, text: "Another.", url: "javascript:alert(1)", doi: null, relation: "related" },
    ],
  },
};

export const SECOND = { ...CITATION, rank: 2, quote: "After it.", runs: [{ text: "After it.", match: true }] };

const call = [{ label: "Call 112", href: "tel:112" }];

/** One answer of every kind, by name. */
export const KINDS = {
  answered: { confidence: 0.9, citations: [CITATION, SECOND], related: ["And then?"] },
  unsure: {
    outcome: "low_confidence",
    read_as: "What is receptor therapy?",
    corrections: [{ from: "recepter", to: "receptor" }],
  },
  missing: {
    outcome: "not_found",
    reason: "no_match",
    message: "The documents here do not answer that.",
    citations: [],
    looked_for: ["kettle", "lid"],
    nearest: [{ title: "Kettles", section: ["Lids"], link: "/documents/kettles.md#lids" }],
  },
  emergency: {
    outcome: "red_flag",
    notice: { kind: "emergency", title: "Get help now", text: "Call at once.", actions: call },
  },
  crisis: {
    outcome: "red_flag",
    citations: [],
    notice: { kind: "crisis", title: "Please talk to someone", text: "You are not alone.", actions: call },
  },
  talk: { outcome: "small_talk", message: "You are welcome.", citations: [] },
  busy: { type: "error", code: "busy", detail: "busy", retry_after_ms: 600_000 },
  broken: { type: "error", code: "internal", detail: "broken" },
  long: { type: "error", code: "question_too_long", detail: "too long" },
};

const answer = (parts) => ({ outcome: "answered", citations: [CITATION], related: [], ...parts });

/**
 * Answers every question: with the next of `replies`, the last one again and again. A reply is an answer's members,
 * or a frame with a type of its own, or null for silence. Gives back the frames that came, pings apart.
 * @param {import("@playwright/test").Page} page
 * @param {object} [options] `hello` replaces members of the greeting; `opened` gets each connection: `tell` sends a
 *   frame with the next number, `close` closes it; `forgets` says whether a session that is gone on with is unknown
 * @param {...(object | null)} replies
 */
export async function standIn(page, { hello = {}, opened, forgets } = {}, ...replies) {
  const frames = [];
  let seq = 1;
  let asked = 0;
  await page.routeWebSocket(/\/api\/v1\/chat/, (socket) => {
    const send = (frame) => socket.send(JSON.stringify(frame));
    opened?.({ tell: (frame) => send({ seq: ++seq, ...frame }), close: (code) => socket.close({ code }) });
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "ping") return send({ type: "pong" });
      frames.push(frame);
      if (frame.type === "resume" && forgets?.()) {
        seq = 1;
        return send({ ...HELLO, ...hello, session: "other" });
      }
      if (frame.type === "resume") return send({ ...HELLO, ...hello, seq: frame.after, last_seq: frame.after, resumed: true });
      if (frame.type === "forget") {
        send({ type: "goodbye", seq: ++seq, reason: "forgotten", resume: false });
        return socket.close({ code: 1000 });
      }
      if (frame.type !== "ask") return undefined;
      const reply = replies[Math.min(asked, replies.length - 1)];
      asked += 1;
      if (!reply) return undefined;
      const whole = "type" in reply ? reply : { type: "answer", answer: answer(reply) };
      return send({ seq: ++seq, in_reply_to: frame.id, ...whole });
    });
    if (!socket.url().includes("start=resume")) {
      seq = 1;
      send({ ...HELLO, ...hello });
    }
  });
  return frames;
}

/** The questions among frames. */
export const questions = (frames) => frames.filter(({ type }) => type === "ask").map(({ question }) => question);
