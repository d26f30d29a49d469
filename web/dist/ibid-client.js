function e(e, t) {
	let n = Math.min(3e4, 500 * 2 ** e);
	return n / 2 + n / 2 * t;
}
// client/emitter.ts
var t = class {
	#e = {};
	on(e, t) {
		let n = this.#e[e] ??= /* @__PURE__ */ new Set();
		return n.add(t), () => void n.delete(t);
	}
	emit(e, ...t) {
		for (let n of this.#e[e] ?? []) n(...t);
	}
}, n = (e) => e.kind !== "question" || e.progress === "answered" || e.progress === "failed", r = 2e6, i = () => ({
	version: 1,
	session: null,
	entries: [],
	forgetting: [],
	hello: null
});
function a(e, t) {
	try {
		let n = JSON.parse(e?.getItem(t) ?? "null");
		if (!l(n)) return i();
		for (let e of n.entries) c(e);
		return n;
	} catch {
		return i();
	}
}
function o(e, t, i) {
	if (!e) return;
	let a = i.entries;
	for (;;) {
		let o = JSON.stringify({
			...i,
			entries: a
		});
		if (o.length <= r && s(e, t, o)) return;
		let c = a.findIndex(n);
		if (c < 0) return;
		a = a.filter((e, t) => t !== c);
	}
}
function s(e, t, n) {
	try {
		return e.setItem(t, n), !0;
	} catch {
		return !1;
	}
}
function c(e) {
	e.kind !== "question" || n(e) || (e.progress = "waiting", delete e.problem, delete e.retryAt);
}
function l(e) {
	return typeof e == "object" && !!e && "version" in e && e.version === 1;
}
// client/protocol.ts
var u = {
	normal: 1e3,
	abnormal: 1006,
	policy: 1008,
	tooBig: 1009,
	notAuthorised: 4401,
	idle: 4408,
	takenOver: 4409,
	tooMany: 4429
};
function d(e) {
	if (typeof e != "string") return null;
	try {
		let t = JSON.parse(e);
		return typeof t == "object" && t && "type" in t && typeof t.type == "string" ? t : null;
	} catch {
		return null;
	}
}
// client/link.ts
var f = "ibid.v1", p = 12e3, m = 5e3, h = 5e3, g = 2, _ = 5, v = class {
	url;
	on;
	around;
	state = "idle";
	attempts = 0;
	#e = null;
	#t = 0;
	#n;
	#r;
	#i;
	#a;
	#o;
	constructor(e, t, n) {
		this.url = e, this.on = t, this.around = n, this.#o = this.#_();
	}
	connect() {
		this.#e || this.state === "refused" || (clearTimeout(this.#a), this.#s());
	}
	send(e) {
		return this.state === "open" && this.#c(e);
	}
	drop() {
		let e = this.#e;
		e && (this.#m(u.abnormal), e.close());
	}
	readmit() {
		this.state = "lost", this.connect();
	}
	close() {
		this.#o();
		let e = this.#e;
		this.#p(), clearTimeout(this.#a), e?.close(u.normal), this.#g("idle");
	}
	#s() {
		let { start: e, first: t } = this.on.opening(), n = new this.around.WebSocket(`${this.url}?start=${e}`, f);
		this.#e = n, this.#r = setTimeout(() => this.drop(), p), n.addEventListener("open", () => {
			n === this.#e && t && this.#c(t);
		}), n.addEventListener("message", (e) => {
			n === this.#e && this.#l(e.data);
		}), n.addEventListener("close", (e) => {
			n === this.#e && this.#m(e.code);
		}), this.#g(this.attempts === 0 ? "connecting" : "lost");
	}
	#c(e) {
		return this.#e?.readyState === 1 && (this.#e.send(JSON.stringify(e)), !0);
	}
	#l(e) {
		this.#t = 0, clearTimeout(this.#i);
		let t = d(e);
		t && (t.type === "hello" && this.#u(t.heartbeat_secs), this.on.frame(t));
	}
	#u(e) {
		clearTimeout(this.#r), this.#r = setTimeout(() => this.attempts = 0, h), clearInterval(this.#n), e > 0 && (this.#n = setInterval(() => this.#d(), e * 1e3)), this.#g("open");
	}
	#d() {
		this.#t += 1, this.#t >= g ? this.drop() : this.#c({ type: "ping" });
	}
	#f() {
		this.state === "open" && (this.#c({ type: "ping" }), clearTimeout(this.#i), this.#i = setTimeout(() => this.drop(), m));
	}
	#p() {
		for (let e of [
			this.#r,
			this.#i,
			this.#n
		]) clearTimeout(e);
		this.#e = null, this.#t = 0;
	}
	#m(e) {
		this.#p();
		let t = y(e);
		t === "lost" && this.#h(e), this.#g(t), this.on.closed(e);
	}
	#h(t) {
		t === u.tooMany && (this.attempts = Math.max(this.attempts, _)), this.#a = setTimeout(() => this.connect(), e(this.attempts, this.around.random())), this.attempts += 1;
	}
	#g(e) {
		this.state = e, this.on.state(e);
	}
	#_() {
		if (typeof document > "u") return () => void 0;
		let e = new AbortController(), { signal: t } = e, n = () => this.state === "lost" ? this.connect() : this.#f();
		return addEventListener("online", n, { signal: t }), addEventListener("offline", () => this.drop(), { signal: t }), addEventListener("pagehide", () => this.drop(), { signal: t }), addEventListener("pageshow", (e) => e.persisted && n(), { signal: t }), document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && n(), { signal: t }), () => e.abort();
	}
};
function y(e) {
	switch (e) {
		case u.policy:
		case u.notAuthorised: return "refused";
		case u.normal:
		case u.idle: return "resting";
		case u.takenOver: return "taken";
		default: return "lost";
	}
}
// client/numbering.ts
var b = class {
	last = 0;
	#e = 0;
	#t = -1;
	begin(e, t) {
		this.last = e, this.#e = t;
	}
	get isCaughtUp() {
		return this.last >= this.#e;
	}
	accept(e) {
		return e <= this.last ? "old" : e > this.last + 1 && this.#t !== this.last ? (this.#t = this.last, "gap") : (this.last = e, "new");
	}
}, x = 3, S = 10, C = 4e3, w = "ibid", T = class extends t {
	server;
	#e;
	#t;
	#n;
	#r;
	#i = new b();
	#a = O();
	#o = /* @__PURE__ */ new Map();
	#s = typeof BroadcastChannel > "u" ? null : new BroadcastChannel(w);
	#c = 0;
	#l;
	#u = null;
	constructor(e, t = {}) {
		super(), this.server = new URL(e), this.#e = `ibid:${this.server.origin}`, this.#t = t.storage === void 0 ? D() : t.storage, this.#n = a(this.#t, this.#e);
		let n = {
			WebSocket: t.WebSocket ?? globalThis.WebSocket,
			random: t.random ?? Math.random
		}, r = new URL("/api/v1/chat", this.server);
		r.protocol = r.protocol === "http:" ? "ws:" : "wss:", this.#r = new v(r.href, {
			opening: () => this.#d(),
			frame: (e) => this.#f(e),
			state: (e) => this.emit("state", e),
			closed: (e) => this.#y(e)
		}, n), this.#s?.addEventListener("message", ({ data: e }) => this.#O(e)), this.#s?.unref?.();
	}
	get state() {
		return this.#r.state;
	}
	get attempts() {
		return this.#r.attempts;
	}
	get entries() {
		return this.#n.entries;
	}
	get hello() {
		return this.#n.hello;
	}
	get hasToForget() {
		return this.#n.forgetting.length > 0;
	}
	get hasWaiting() {
		return this.#n.entries.some((e) => !n(e));
	}
	connect() {
		this.#r.connect();
	}
	close() {
		for (let e of this.#o.values()) clearTimeout(e);
		this.#s?.close(), this.#r.close();
	}
	ask(e, { asTyped: t = !1 } = {}) {
		this.#c += 1;
		let n = {
			kind: "question",
			id: `${this.#a}-${this.#c}`,
			text: e,
			asTyped: t,
			progress: "waiting",
			refusals: 0,
			losses: 0
		};
		return this.#n.entries.push(n), this.#M(n), this.#v(), this.connect(), n;
	}
	retry(e) {
		let t = this.#A(e);
		t && t.progress !== "answered" && (this.#S(t), this.#v(), this.connect());
	}
	cancel(e) {
		let t = this.#A(e);
		t?.progress === "held" && this.#C(t, "cancelled");
	}
	feedback(e, t, n) {
		let r = this.#A(e);
		if (r?.seq === void 0) return !1;
		let i = {
			type: "feedback",
			answer: r.seq,
			helpful: t,
			...n && { reason: n }
		};
		return this.#r.send(i) ? (r.feedback = {
			helpful: t,
			...n && { reason: n }
		}, this.#M(r), !0) : !1;
	}
	forget() {
		let { session: e, forgetting: t } = this.#n;
		e && t.push(e), this.#k(), e && this.#s?.postMessage({ forgotten: e.id }), e && this.state === "open" ? this.#T() : this.connect();
	}
	#d() {
		let e = this.#n.forgetting[0] ?? this.#n.session;
		if (!e) return { start: "new" };
		let { id: t, token: n, seq: r } = e;
		return {
			start: "resume",
			first: {
				type: "resume",
				session: t,
				token: n,
				after: r
			}
		};
	}
	#f(e) {
		if (this.#u !== null) return this.#E(e);
		if (e.type === "hello") return this.#h(e);
		"seq" in e && e.seq !== void 0 && !this.#p(e.seq) || (this.#m(e), this.#N(), this.#i.isCaughtUp && this.#v());
	}
	#p(e) {
		let t = this.#i.accept(e);
		return t === "gap" && this.#r.drop(), t === "new" && this.#n.session && (this.#n.session.seq = e), t === "new";
	}
	#m(e) {
		switch (e.type) {
			case "answer": return this.#g(e);
			case "error": return this.#_(e);
			case "status": {
				let t = this.#A(e.in_reply_to);
				return !t || n(t) ? void 0 : (t.progress = e.state, this.#M(t));
			}
			case "message": return this.#j({
				kind: "message",
				id: `m${e.seq}`,
				text: e.text
			});
			case "handoff": return this.#j({
				kind: "handoff",
				id: `h${e.seq}`,
				state: e.state
			});
		}
	}
	#h(e) {
		let { forgetting: t, session: n } = this.#n;
		if (t.length > 0) {
			if (e.resumed) return this.#T();
			if (this.#D(t[0]?.id), t.length > 0 || n) return this.#r.drop();
		}
		this.#n.hello = {
			...e,
			session: "",
			token: ""
		}, this.#n.session = {
			id: e.session,
			token: e.token || (n?.token ?? ""),
			seq: e.seq
		}, this.#i.begin(e.seq, e.last_seq ?? e.seq), this.#N(), this.emit("hello", e), !e.resumed && n && this.emit("renewed"), this.#i.isCaughtUp && this.#v();
	}
	#g({ in_reply_to: e, seq: t, answer: n }) {
		let r = this.#A(e);
		r?.progress !== "answered" && (r || (r = {
			kind: "question",
			id: e,
			text: null,
			asTyped: !1,
			progress: "sent",
			refusals: 0,
			losses: 0
		}, this.#n.entries.push(r)), this.#w(e), Object.assign(r, {
			progress: "answered",
			seq: t,
			answer: n
		}), delete r.problem, this.#M(r));
	}
	#_({ in_reply_to: e, code: t, retry_after_ms: r }) {
		let i = e === void 0 ? void 0 : this.#A(e);
		if (!i || n(i)) return;
		if (i.refusals += 1, r === void 0 || i.refusals > x) return this.#C(i, t);
		Object.assign(i, {
			progress: "held",
			problem: t,
			retryAt: Date.now() + r
		}), this.#w(i.id);
		let a = setTimeout(() => this.retry(i.id), r);
		this.#o.set(i.id, a), this.#M(i);
	}
	#v() {
		if (this.state === "open" && this.#i.isCaughtUp && this.#u === null && !this.hasToForget) for (let e of this.#n.entries) {
			if (e.kind !== "question" || e.progress !== "waiting" || e.text === null) continue;
			let { id: t, text: n, asTyped: r } = e, i = {
				type: "ask",
				id: t,
				question: n,
				...r && { as_typed: !0 }
			};
			if (!this.#r.send(i)) return;
			e.progress = "sent", this.#M(e);
		}
	}
	#y(e) {
		clearTimeout(this.#l);
		let t = e === u.normal ? this.#u : null;
		this.#u = null, t !== null && this.#D(t), e === u.tooBig && this.#x(), this.#n.entries.filter((e) => e.kind === "question").filter(E).forEach((e, t) => t === 0 ? this.#b(e) : this.#S(e)), this.#N(), e === u.notAuthorised && this.#n.session && (this.#n.session = null, this.#r.readmit()), t !== null && this.connect();
	}
	#b(e) {
		e.losses += 1, e.losses >= S ? this.#C(e, "unreachable") : this.#S(e);
	}
	#x() {
		let e = this.#n.entries.find((e) => e.kind === "question" && e.progress === "sent");
		e?.kind === "question" && this.#C(e, "too_large");
	}
	#S(e) {
		this.#w(e.id), e.progress === "failed" && Object.assign(e, {
			losses: 0,
			refusals: 0
		}), e.progress = "waiting", delete e.problem, delete e.retryAt, this.#M(e);
	}
	#C(e, t) {
		this.#w(e.id), delete e.retryAt, Object.assign(e, {
			progress: "failed",
			problem: t
		}), this.#M(e);
	}
	#w(e) {
		clearTimeout(this.#o.get(e)), this.#o.delete(e);
	}
	#T() {
		this.#u = this.#n.forgetting[0]?.id ?? null, this.#r.send({ type: "forget" }), this.#l = setTimeout(() => this.#r.drop(), C);
	}
	#E(e) {
		let t = e.type === "goodbye" && e.reason === "forgotten", n = e.type === "error" && e.in_reply_to === void 0;
		(t || n) && (this.#D(this.#u ?? void 0), n && this.#r.drop());
	}
	#D(e) {
		let { forgetting: t } = this.#n, n = t.findIndex(({ id: t }) => t === e);
		n < 0 || (t.splice(n, 1), this.#N(), this.emit("forgotten"));
	}
	#O(e) {
		let t = typeof e == "object" && e && "forgotten" in e ? e.forgotten : void 0;
		t !== void 0 && t === this.#n.session?.id && this.#k();
	}
	#k() {
		for (let e of this.#o.values()) clearTimeout(e);
		this.#o.clear(), this.#n.entries = [], this.#n.session = null, this.#N(), this.emit("cleared");
	}
	#A(e) {
		let t = this.#n.entries.find((t) => t.id === e);
		return t?.kind === "question" ? t : void 0;
	}
	#j(e) {
		this.#n.entries.some(({ id: t }) => t === e.id) || (this.#n.entries.push(e), this.#M(e));
	}
	#M(e) {
		this.#N(), this.emit("entry", e);
	}
	#N() {
		o(this.#t, this.#e, this.#n);
	}
}, E = ({ progress: e }) => [
	"sent",
	"queued",
	"searching"
].includes(e);
function D() {
	try {
		return globalThis.sessionStorage ?? null;
	} catch {
		return null;
	}
}
function O() {
	let e = crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(6));
	return Array.from(e, (e) => e.toString(16).padStart(2, "0")).join("");
}
export { u as CLOSE, T as IbidClient, e as backoffMs, d as parseFrame };
