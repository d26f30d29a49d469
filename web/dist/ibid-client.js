function e(e, t) {
	let n = Math.min(3e4, 500 * 2 ** e);
	return n / 2 + n / 2 * t;
}
// client/browser.ts
var t = () => typeof document > "u" || document.visibilityState === "visible";
function n() {
	try {
		return new BroadcastChannel("ibid");
	} catch {
		return null;
	}
}
function r() {
	if (typeof WebSocket > "u") throw TypeError("there is no WebSocket here: give one in the options");
	return WebSocket;
}
function i() {
	try {
		return globalThis.sessionStorage ?? null;
	} catch {
		return null;
	}
}
// client/emitter.ts
var a = class {
	#e = {};
	on(e, t) {
		let n = this.#e[e] ??= /* @__PURE__ */ new Set();
		return n.add(t), () => void n.delete(t);
	}
	emit(e, ...t) {
		for (let n of this.#e[e] ?? []) n(...t);
	}
}, o = (e) => e.kind !== "question" || e.progress === "answered" || e.progress === "failed";
function s(e) {
	let t = e.filter((e) => e.kind === "handoff").at(-1);
	return t?.state === "closed" || t?.state === "lost" ? void 0 : t;
}
// client/journal.ts
var c = 2e6, l = () => ({
	version: 1,
	session: null,
	entries: [],
	unsent: [],
	forgetting: [],
	hello: null
});
function u(e, t) {
	try {
		let n = JSON.parse(e?.getItem(t) ?? "null");
		if (!m(n)) return l();
		for (let e of n.entries) p(e);
		return {
			...l(),
			...n
		};
	} catch {
		return l();
	}
}
function d(e, t, n) {
	if (!e) return;
	let r = n.entries;
	for (;;) {
		let i = JSON.stringify({
			...n,
			entries: r
		});
		if (i.length <= c && f(e, t, i)) return;
		let a = r.findIndex(o);
		if (a < 0) return;
		r = r.filter((e, t) => t !== a);
	}
}
function f(e, t, n) {
	try {
		return e.setItem(t, n), !0;
	} catch {
		return !1;
	}
}
function p(e) {
	e.kind !== "question" || o(e) || (e.progress = "waiting", delete e.problem, delete e.retryAt);
}
function m(e) {
	return typeof e == "object" && !!e && "version" in e && e.version === 1;
}
// client/protocol.ts
var h = {
	normal: 1e3,
	abnormal: 1006,
	policy: 1008,
	tooBig: 1009,
	notAuthorised: 4401,
	idle: 4408,
	takenOver: 4409,
	tooMany: 4429
};
function g(e) {
	if (typeof e != "string") return null;
	try {
		let t = JSON.parse(e);
		return typeof t == "object" && t && "type" in t && typeof t.type == "string" ? t : null;
	} catch {
		return null;
	}
}
// client/link.ts
var _ = "ibid.v1", v = 12e3, y = 5e3, b = 5e3, x = 2, S = 5, C = class {
	url;
	on;
	around;
	state = "idle";
	attempts = 0;
	pings = 0;
	pongs = 0;
	#e = null;
	#t = 0;
	#n;
	#r;
	#i;
	#a;
	#o = null;
	constructor(e, t, n) {
		this.url = e, this.on = t, this.around = n;
	}
	connect() {
		this.#o ??= this.#v(), this.#e || this.state === "refused" || this.state === "expired" || (clearTimeout(this.#a), this.#s());
	}
	send(e) {
		return this.state === "open" && this.#l(e);
	}
	probe() {
		this.state === "open" && (this.#l({ type: "ping" }), clearTimeout(this.#i), this.#i = setTimeout(() => this.drop(), y));
	}
	drop() {
		let e = this.#e;
		e && (this.#m(h.abnormal), e.close());
	}
	readmit() {
		this.state = "lost", this.connect();
	}
	expire() {
		this.#_("expired");
	}
	close() {
		this.#o?.(), this.#o = null;
		let e = this.#e;
		this.#p(), clearTimeout(this.#a), e?.close(h.normal), this.#_("idle");
	}
	#s() {
		let { start: e, first: t } = this.on.opening(), n = this.#c(`${this.url}?start=${e}`);
		if (!n) return this.#m(h.policy);
		this.#e = n, this.#r = setTimeout(() => this.drop(), v), n.addEventListener("open", () => {
			n === this.#e && t && this.#l(t);
		}), n.addEventListener("message", (e) => {
			n === this.#e && this.#u(e.data);
		}), n.addEventListener("close", (e) => {
			n === this.#e && this.#m(e.code);
		}), this.#_(this.attempts === 0 ? "connecting" : "lost");
	}
	#c(e) {
		try {
			return new this.around.WebSocket(e, _);
		} catch {
			return null;
		}
	}
	#l(e) {
		return this.#e?.readyState === 1 && (e.type === "ping" && (this.pings += 1), this.#e.send(JSON.stringify(e)), !0);
	}
	#u(e) {
		this.#t = 0, clearTimeout(this.#i);
		let t = g(e);
		t && (t.type === "hello" && this.#d(t.heartbeat_secs), t.type === "pong" && (this.pongs += 1), this.on.frame(t));
	}
	#d(e) {
		clearTimeout(this.#r), this.#r = setTimeout(() => this.attempts = 0, b), clearInterval(this.#n), e > 0 && (this.#n = setInterval(() => this.#f(), e * 1e3)), this.#_("open");
	}
	#f() {
		this.#t += 1, this.#t >= x ? this.drop() : this.#l({ type: "ping" });
	}
	#p() {
		for (let e of [
			this.#r,
			this.#i,
			this.#n
		]) clearTimeout(e);
		this.#e = null, this.#t = 0, this.pings = 0, this.pongs = 0;
	}
	#m(e) {
		this.#p();
		let t = w(e);
		t === "lost" && this.#g(e), this.#_(t), this.on.closed(e), this.#h && (this.#g(e), this.#_("lost"));
	}
	get #h() {
		return this.state === "resting" && this.on.isNeeded();
	}
	#g(t) {
		t === h.tooMany && (this.attempts = Math.max(this.attempts, S)), this.#a = setTimeout(() => this.connect(), e(this.attempts, this.around.random())), this.attempts += 1;
	}
	#_(e) {
		this.state = e, this.on.state(e);
	}
	#v() {
		if (typeof document > "u") return () => void 0;
		let e = new AbortController(), { signal: t } = e, n = () => this.state === "lost" || this.#h ? this.connect() : this.probe();
		return addEventListener("online", () => {
			this.attempts = 0, n();
		}, { signal: t }), addEventListener("offline", () => this.drop(), { signal: t }), addEventListener("pagehide", () => this.drop(), { signal: t }), addEventListener("pageshow", (e) => e.persisted && n(), { signal: t }), document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && n(), { signal: t }), () => e.abort();
	}
};
function w(e) {
	switch (e) {
		case h.policy:
		case h.notAuthorised: return "refused";
		case h.normal:
		case h.idle: return "resting";
		case h.takenOver: return "taken";
		default: return "lost";
	}
}
// client/numbering.ts
var T = class {
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
}, E = 6, D = [
	"busy",
	"not_ready",
	"shutting_down"
], O = 1e3, k = 10, A = class {
	entries;
	on;
	#e = /* @__PURE__ */ new Map();
	#t = M();
	#n = 0;
	constructor(e, t) {
		this.entries = e, this.on = t;
	}
	find(e) {
		let t = this.entries().find((t) => t.id === e);
		return t?.kind === "question" ? t : void 0;
	}
	add(e, t) {
		return this.#n += 1, this.#i(`${this.#t}-${this.#n}`, e, t);
	}
	flush(e) {
		for (let t of this.#r()) {
			let { id: n, text: r, asTyped: i } = t;
			if (t.progress === "waiting" && r !== null) {
				if (!e({
					type: "ask",
					id: n,
					question: r,
					...i && { as_typed: !0 }
				})) return;
				t.progress = "sent", this.on.changed(t);
			}
		}
	}
	answered({ in_reply_to: e, seq: t, answer: n }, r) {
		let i = this.find(e);
		if (i?.progress === "answered") return;
		let a = i ?? this.#i(e, null, !1);
		this.#o(e), Object.assign(a, {
			progress: "answered",
			seq: t,
			session: r,
			answer: n
		}), delete a.problem, this.on.changed(a);
	}
	refused({ in_reply_to: e, code: t, retry_after_ms: n }) {
		let r = this.find(e);
		if (!r || o(r)) return;
		let i = D.includes(t) ? O * 2 ** r.refusals : void 0, a = n ?? i;
		if (r.refusals += 1, a === void 0 || r.refusals > E) return this.fail(r, t);
		Object.assign(r, {
			progress: "held",
			problem: t,
			retryAt: Date.now() + a
		}), this.#o(r.id), this.#e.set(r.id, setTimeout(() => this.on.due(r.id), a)), this.on.changed(r);
	}
	connectionLost() {
		let [e, ...t] = this.#r().filter(j);
		e && this.#a(e);
		for (let e of t) this.await(e);
	}
	connectionEnded() {
		for (let e of this.#r()) (j(e) || e.progress === "held") && this.await(e);
	}
	tooLarge() {
		let e = this.#r().find(j);
		return e && this.fail(e, "too_large"), e !== void 0;
	}
	await(e) {
		this.#o(e.id), e.progress === "failed" && Object.assign(e, {
			losses: 0,
			refusals: 0
		}), e.progress = "waiting", delete e.problem, delete e.retryAt, this.on.changed(e);
	}
	fail(e, t) {
		this.#o(e.id), delete e.retryAt, Object.assign(e, {
			progress: "failed",
			problem: t
		}), this.on.changed(e);
	}
	stop() {
		for (let e of this.#e.keys()) this.#o(e);
	}
	#r() {
		return this.entries().filter((e) => e.kind === "question");
	}
	#i(e, t, n) {
		let r = {
			kind: "question",
			id: e,
			text: t,
			asTyped: n,
			progress: "waiting",
			refusals: 0,
			losses: 0
		};
		return this.entries().push(r), r;
	}
	#a(e) {
		e.losses += 1, e.losses >= k ? this.fail(e, "unreachable") : this.await(e);
	}
	#o(e) {
		clearTimeout(this.#e.get(e)), this.#e.delete(e);
	}
}, j = ({ progress: e }) => [
	"sent",
	"queued",
	"searching"
].includes(e);
function M() {
	let e = crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(6));
	return Array.from(e, (e) => e.toString(16).padStart(2, "0")).join("");
}
// client/pending.ts
var N = class {
	kept;
	#e = /* @__PURE__ */ new Map();
	constructor(e) {
		this.kept = e;
	}
	keep(e) {
		this.#t((t) => P(t, e)), this.kept.unsent.push(e);
	}
	flush(e, t) {
		for (let n of this.kept.unsent) if (!this.#e.has(n)) {
			if (!e(n)) return;
			this.#e.set(n, t());
		}
	}
	isSent(e) {
		return this.#e.has(e);
	}
	answered(e) {
		this.#t((t) => t.type === "feedback" && (this.#e.get(t) ?? Infinity) <= e);
	}
	personAsked() {
		this.#t(({ type: e }) => e === "handoff");
	}
	personRefused() {
		return this.#t((e) => e.type === "handoff" && this.#e.has(e));
	}
	sessionLost() {
		this.#t(({ type: e }) => e === "feedback");
	}
	connectionLost() {
		this.#e.clear();
	}
	#t(e) {
		let t = this.kept.unsent.filter((t) => !e(t)), n = t.length < this.kept.unsent.length;
		this.kept.unsent = t;
		for (let e of this.#e.keys()) t.includes(e) || this.#e.delete(e);
		return n;
	}
};
function P(e, t) {
	return e.type === "feedback" ? t.type === "feedback" && e.answer === t.answer : e.type === t.type;
}
// client/client.ts
var F = 4e3, I = class extends a {
	server;
	#e;
	#t;
	#n;
	#r;
	#i;
	#a;
	#o = new T();
	#s;
	#c;
	#l = null;
	#u = null;
	#d;
	#f = null;
	constructor(e, n = {}) {
		super(), this.server = new URL(e), this.#e = `ibid:${this.server.origin}`, this.#s = n.visitor ?? null, this.#c = this.#s !== null, this.#t = n.storage === void 0 ? i() : n.storage, this.#n = u(this.#t, this.#e), this.#i = new A(() => this.#n.entries, {
			changed: (e) => this.#I(e),
			due: (e) => this.retry(e)
		}), this.#a = new N(this.#n);
		let a = {
			WebSocket: n.WebSocket ?? r(),
			random: n.random ?? Math.random
		}, o = new URL("/api/v1/chat", this.server);
		o.protocol = o.protocol === "http:" ? "ws:" : "wss:", this.#r = new C(o.href, {
			opening: () => this.#m(),
			frame: (e) => this.#h(e),
			state: (e) => this.emit("state", e),
			closed: (e) => this.#T(e),
			isNeeded: () => this.#p || this.hasPerson && t()
		}, a), this.#M();
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
		return this.#n.entries.some((e) => !o(e));
	}
	get hasPerson() {
		return s(this.entries)?.session === this.#v;
	}
	get needsConnection() {
		return this.#p || this.hasPerson;
	}
	get #p() {
		return this.hasWaiting || this.hasToForget || this.#n.unsent.length > 0;
	}
	connect() {
		this.#M(), this.#r.connect();
	}
	close() {
		this.#l?.close(), this.#l = null, this.#r.close(), this.#i.connectionEnded(), this.#a.connectionLost();
	}
	ask(e, { asTyped: t = !1 } = {}) {
		let n = this.#i.add(e, t);
		return this.#I(n), this.#S(), this.connect(), n;
	}
	retry(e) {
		let t = this.#i.find(e);
		t && t.progress !== "answered" && (this.#i.await(t), this.#S(), this.connect());
	}
	cancel(e) {
		let t = this.#i.find(e);
		t?.progress === "held" && this.#i.fail(t, "cancelled");
	}
	feedback(e, t, n) {
		let r = this.#i.find(e);
		return r?.seq === void 0 || r.session !== this.#v ? !1 : (r.feedback = {
			helpful: t,
			...n && { reason: n }
		}, this.#I(r), this.#w({
			type: "feedback",
			answer: r.seq,
			...r.feedback
		}), !0);
	}
	handoff(e) {
		return this.#w({
			type: "handoff",
			...e && { note: e }
		});
	}
	forget() {
		let { session: e, forgetting: t } = this.#n;
		e && t.push(e), e?.id === this.#s?.session && (this.#s = null), this.#P(), e && this.#l?.postMessage({ forgotten: e.id }), e && this.state === "open" ? this.#k() : this.connect();
	}
	#m() {
		let e = this.#n.forgetting[0] ?? this.#n.session;
		if (e) {
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
		return this.#s ? {
			start: "resume",
			first: {
				type: "resume",
				...this.#s,
				after: 0
			}
		} : { start: "new" };
	}
	#h(e) {
		if (this.#f !== null) return this.#A(e);
		if (e.type === "hello") return this.#b(e);
		"seq" in e && e.seq !== void 0 && !this.#g(e.seq) || (this.#_(e), this.#L(), this.#o.isCaughtUp && this.#S());
	}
	#g(e) {
		let t = this.#o.accept(e);
		return t === "gap" && this.#r.drop(), t === "new" && this.#n.session && (this.#n.session.seq = e), t === "new";
	}
	#_(e) {
		switch (e.type) {
			case "answer": return this.#i.answered(e, this.#v);
			case "error": return L(e) && this.#a.personRefused() && this.emit("handoffRefused"), this.#i.refused(e);
			case "status": {
				let t = this.#i.find(e.in_reply_to);
				return !t || o(t) ? void 0 : (t.progress = e.state, this.#I(t));
			}
			case "message": return this.#F({
				kind: "message",
				id: this.#y(e.seq),
				text: e.text
			});
			case "handoff": {
				let { seq: t, state: n } = e;
				return n !== "closed" && this.#a.personAsked(), this.#F({
					kind: "handoff",
					id: this.#y(t),
					state: n,
					session: this.#v
				});
			}
			case "pong": return this.#a.answered(this.#r.pongs);
		}
	}
	get #v() {
		return this.#n.session?.id ?? "";
	}
	#y(e) {
		return `${this.#v}-${e}`;
	}
	#b(e) {
		let { forgetting: t, session: n } = this.#n;
		if (t.length > 0) {
			if (e.resumed) return this.#k();
			if (this.#j(t[0]?.id), t.length > 0 || n) return this.#r.drop();
		}
		let r = n?.id ?? this.#u, i = r !== null && (!e.resumed || r !== e.session);
		this.#u = null, this.#n.hello = {
			...e,
			session: "",
			token: ""
		}, this.#n.session = {
			id: e.session,
			token: e.token || (n?.token ?? ""),
			seq: e.seq
		}, i && this.#a.sessionLost(), this.#o.begin(e.seq, e.last_seq ?? e.seq), this.#L(), this.emit("hello", e), i && this.emit("renewed"), this.#x(), this.#o.isCaughtUp && this.#S();
	}
	#x() {
		let e = s(this.entries);
		e && e.session !== this.#v && this.#F({
			...e,
			id: `${e.id}-lost`,
			state: "lost"
		});
	}
	#S() {
		this.state === "open" && this.#o.isCaughtUp && this.#f === null && !this.hasToForget && (this.#i.flush((e) => this.#C(e)), this.#a.flush((e) => this.#C(e), () => this.#r.pings));
	}
	#C(e) {
		let t = this.#r.send(e);
		return t && this.#r.probe(), t;
	}
	#w(e) {
		return this.#a.keep(e), this.#L(), this.#S(), this.connect(), this.#a.isSent(e);
	}
	#T(e) {
		clearTimeout(this.#d);
		let t = e === h.normal ? this.#f : null;
		this.#f = null, t !== null && this.#j(t), e === h.tooBig && this.#E(), this.#i.connectionLost(), this.#a.connectionLost(), this.#L(), e === h.notAuthorised && this.#D(), t !== null && this.connect();
	}
	#E() {
		!this.#i.tooLarge() && this.#a.personRefused() && this.emit("handoffRefused");
	}
	#D() {
		let { forgetting: e, session: t } = this.#n;
		if (e[0]) this.#j(e[0].id);
		else if (t) this.#O(t.id);
		else if (this.#c) return this.#r.expire();
		else return;
		this.#r.readmit();
	}
	#O(e) {
		this.#u = e, this.#n.session = null, this.#a.sessionLost(), this.#L();
	}
	#k() {
		this.#f = this.#n.forgetting[0]?.id ?? null, this.#r.send({ type: "forget" }), this.#d = setTimeout(() => this.#r.drop(), F);
	}
	#A(e) {
		let t = e.type === "goodbye" && e.reason === "forgotten", n = e.type === "error" && e.in_reply_to === void 0;
		(t || n) && (this.#j(this.#f ?? void 0), n && this.#r.drop());
	}
	#j(e) {
		let { forgetting: t } = this.#n, n = t.findIndex(({ id: t }) => t === e);
		n < 0 || (t.splice(n, 1), this.#L(), this.emit("forgotten"));
	}
	#M() {
		this.#l || (this.#l = n(), this.#l?.addEventListener("message", ({ data: e }) => this.#N(e)), this.#l?.unref?.());
	}
	#N(e) {
		let t = typeof e == "object" && e && "forgotten" in e ? e.forgotten : void 0;
		t !== void 0 && t === this.#n.session?.id && this.#P();
	}
	#P() {
		this.#i.stop(), this.#n.entries = [], this.#n.unsent = [], this.#n.session = null, this.#u = null, this.#L(), this.emit("cleared");
	}
	#F(e) {
		this.#n.entries.push(e), this.#I(e);
	}
	#I(e) {
		this.#L(), this.emit("entry", e);
	}
	#L() {
		d(this.#t, this.#e, this.#n);
	}
}, L = ({ in_reply_to: e, code: t }) => e === void 0 && t !== "unknown_answer";
export { h as CLOSE, I as IbidClient, e as backoffMs, g as parseFrame };
