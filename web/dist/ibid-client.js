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
	try {
		return globalThis.sessionStorage ?? null;
	} catch {
		return null;
	}
}
// client/emitter.ts
var i = class {
	#e = {};
	on(e, t) {
		let n = this.#e[e] ??= /* @__PURE__ */ new Set();
		return n.add(t), () => void n.delete(t);
	}
	emit(e, ...t) {
		for (let n of this.#e[e] ?? []) n(...t);
	}
}, a = (e) => e.kind !== "question" || e.progress === "answered" || e.progress === "failed", o = 2e6, s = () => ({
	version: 1,
	session: null,
	entries: [],
	unsent: [],
	forgetting: [],
	hello: null
});
function c(e, t) {
	try {
		let n = JSON.parse(e?.getItem(t) ?? "null");
		if (!f(n)) return s();
		for (let e of n.entries) d(e);
		return {
			...s(),
			...n
		};
	} catch {
		return s();
	}
}
function l(e, t, n) {
	if (!e) return;
	let r = n.entries;
	for (;;) {
		let i = JSON.stringify({
			...n,
			entries: r
		});
		if (i.length <= o && u(e, t, i)) return;
		let s = r.findIndex(a);
		if (s < 0) return;
		r = r.filter((e, t) => t !== s);
	}
}
function u(e, t, n) {
	try {
		return e.setItem(t, n), !0;
	} catch {
		return !1;
	}
}
function d(e) {
	e.kind !== "question" || a(e) || (e.progress = "waiting", delete e.problem, delete e.retryAt);
}
function f(e) {
	return typeof e == "object" && !!e && "version" in e && e.version === 1;
}
// client/protocol.ts
var p = {
	normal: 1e3,
	abnormal: 1006,
	policy: 1008,
	tooBig: 1009,
	notAuthorised: 4401,
	idle: 4408,
	takenOver: 4409,
	tooMany: 4429
};
function m(e) {
	if (typeof e != "string") return null;
	try {
		let t = JSON.parse(e);
		return typeof t == "object" && t && "type" in t && typeof t.type == "string" ? t : null;
	} catch {
		return null;
	}
}
// client/link.ts
var h = "ibid.v1", g = 12e3, _ = 5e3, v = 5e3, y = 2, b = 5, x = class {
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
		this.url = e, this.on = t, this.around = n, this.#o = this.#v();
	}
	connect() {
		this.#e || this.state === "refused" || this.state === "expired" || (clearTimeout(this.#a), this.#s());
	}
	send(e) {
		return this.state === "open" && this.#l(e);
	}
	probe() {
		this.state === "open" && (this.#l({ type: "ping" }), clearTimeout(this.#i), this.#i = setTimeout(() => this.drop(), _));
	}
	drop() {
		let e = this.#e;
		e && (this.#m(p.abnormal), e.close());
	}
	readmit() {
		this.state = "lost", this.connect();
	}
	expire() {
		this.#_("expired");
	}
	close() {
		this.#o();
		let e = this.#e;
		this.#p(), clearTimeout(this.#a), e?.close(p.normal), this.#_("idle");
	}
	#s() {
		let { start: e, first: t } = this.on.opening(), n = this.#c(`${this.url}?start=${e}`);
		if (!n) return this.#m(p.policy);
		this.#e = n, this.#r = setTimeout(() => this.drop(), g), n.addEventListener("open", () => {
			n === this.#e && t && this.#l(t);
		}), n.addEventListener("message", (e) => {
			n === this.#e && this.#u(e.data);
		}), n.addEventListener("close", (e) => {
			n === this.#e && this.#m(e.code);
		}), this.#_(this.attempts === 0 ? "connecting" : "lost");
	}
	#c(e) {
		try {
			return new this.around.WebSocket(e, h);
		} catch {
			return null;
		}
	}
	#l(e) {
		return this.#e?.readyState === 1 && (this.#e.send(JSON.stringify(e)), !0);
	}
	#u(e) {
		this.#t = 0, clearTimeout(this.#i);
		let t = m(e);
		t && (t.type === "hello" && this.#d(t.heartbeat_secs), this.on.frame(t));
	}
	#d(e) {
		clearTimeout(this.#r), this.#r = setTimeout(() => this.attempts = 0, v), clearInterval(this.#n), e > 0 && (this.#n = setInterval(() => this.#f(), e * 1e3)), this.#_("open");
	}
	#f() {
		this.#t += 1, this.#t >= y ? this.drop() : this.#l({ type: "ping" });
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
		let t = S(e);
		t === "lost" && this.#g(e), this.#_(t), this.on.closed(e), this.#h && (this.#g(e), this.#_("lost"));
	}
	get #h() {
		return this.state === "resting" && this.on.isNeeded();
	}
	#g(t) {
		t === p.tooMany && (this.attempts = Math.max(this.attempts, b)), this.#a = setTimeout(() => this.connect(), e(this.attempts, this.around.random())), this.attempts += 1;
	}
	#_(e) {
		this.state = e, this.on.state(e);
	}
	#v() {
		if (typeof document > "u") return () => void 0;
		let e = new AbortController(), { signal: t } = e, n = () => this.state === "lost" || this.#h ? this.connect() : this.probe();
		return addEventListener("online", n, { signal: t }), addEventListener("offline", () => this.drop(), { signal: t }), addEventListener("pagehide", () => this.drop(), { signal: t }), addEventListener("pageshow", (e) => e.persisted && n(), { signal: t }), document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && n(), { signal: t }), () => e.abort();
	}
};
function S(e) {
	switch (e) {
		case p.policy:
		case p.notAuthorised: return "refused";
		case p.normal:
		case p.idle: return "resting";
		case p.takenOver: return "taken";
		default: return "lost";
	}
}
// client/numbering.ts
var C = class {
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
}, w = 6, T = [
	"busy",
	"not_ready",
	"shutting_down"
], E = 1e3, D = 10, O = class {
	entries;
	on;
	#e = /* @__PURE__ */ new Map();
	#t = A();
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
		if (!r || a(r)) return;
		let i = T.includes(t) ? E * 2 ** r.refusals : void 0, o = n ?? i;
		if (r.refusals += 1, o === void 0 || r.refusals > w) return this.fail(r, t);
		Object.assign(r, {
			progress: "held",
			problem: t,
			retryAt: Date.now() + o
		}), this.#o(r.id), this.#e.set(r.id, setTimeout(() => this.on.due(r.id), o)), this.on.changed(r);
	}
	connectionLost() {
		let [e, ...t] = this.#r().filter(k);
		e && this.#a(e);
		for (let e of t) this.await(e);
	}
	tooLarge() {
		let e = this.#r().find(k);
		e && this.fail(e, "too_large");
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
		e.losses += 1, e.losses >= D ? this.fail(e, "unreachable") : this.await(e);
	}
	#o(e) {
		clearTimeout(this.#e.get(e)), this.#e.delete(e);
	}
}, k = ({ progress: e }) => [
	"sent",
	"queued",
	"searching"
].includes(e);
function A() {
	let e = crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(6));
	return Array.from(e, (e) => e.toString(16).padStart(2, "0")).join("");
}
// client/client.ts
var j = 4e3, M = class extends i {
	server;
	#e;
	#t;
	#n;
	#r;
	#i;
	#a = new C();
	#o;
	#s;
	#c = n();
	#l = !1;
	#u;
	#d = null;
	constructor(e, n = {}) {
		super(), this.server = new URL(e), this.#e = `ibid:${this.server.origin}`, this.#o = n.visitor ?? null, this.#s = this.#o !== null, this.#t = n.storage === void 0 ? r() : n.storage, this.#n = c(this.#t, this.#e), this.#i = new O(() => this.#n.entries, {
			changed: (e) => this.#j(e),
			due: (e) => this.retry(e)
		});
		let i = {
			WebSocket: n.WebSocket ?? globalThis.WebSocket,
			random: n.random ?? Math.random
		}, a = new URL("/api/v1/chat", this.server);
		a.protocol = a.protocol === "http:" ? "ws:" : "wss:", this.#r = new x(a.href, {
			opening: () => this.#p(),
			frame: (e) => this.#m(e),
			state: (e) => this.emit("state", e),
			closed: (e) => this.#C(e),
			isNeeded: () => this.#f || this.hasPerson && t()
		}, i), this.#c?.addEventListener("message", ({ data: e }) => this.#O(e)), this.#c?.unref?.();
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
		return this.#n.entries.some((e) => !a(e));
	}
	get hasPerson() {
		let e = this.entries.filter((e) => e.kind === "handoff").at(-1);
		return e !== void 0 && e.session === this.#_ && e.state !== "closed";
	}
	get needsConnection() {
		return this.#f || this.hasPerson;
	}
	get #f() {
		return this.hasWaiting || this.hasToForget || this.#n.unsent.length > 0;
	}
	connect() {
		this.#r.connect();
	}
	close() {
		this.#i.stop(), this.#c?.close(), this.#c = null, this.#r.close();
	}
	ask(e, { asTyped: t = !1 } = {}) {
		let n = this.#i.add(e, t);
		return this.#j(n), this.#b(), this.connect(), n;
	}
	retry(e) {
		let t = this.#i.find(e);
		t && t.progress !== "answered" && (this.#i.await(t), this.#b(), this.connect());
	}
	cancel(e) {
		let t = this.#i.find(e);
		t?.progress === "held" && this.#i.fail(t, "cancelled");
	}
	feedback(e, t, n) {
		let r = this.#i.find(e);
		return r?.seq === void 0 || r.session !== this.#_ ? !1 : (r.feedback = {
			helpful: t,
			...n && { reason: n }
		}, this.#j(r), this.#S({
			type: "feedback",
			answer: r.seq,
			...r.feedback
		}), !0);
	}
	handoff(e) {
		return this.#n.unsent = this.#n.unsent.filter(({ type: e }) => e !== "handoff"), this.#l = !0, this.#S({
			type: "handoff",
			...e && { note: e }
		});
	}
	forget() {
		let { session: e, forgetting: t } = this.#n;
		e && t.push(e), e?.id === this.#o?.session && (this.#o = null), this.#k(), e && this.#c?.postMessage({ forgotten: e.id }), e && this.state === "open" ? this.#T() : this.connect();
	}
	#p() {
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
		return this.#o ? {
			start: "resume",
			first: {
				type: "resume",
				...this.#o,
				after: 0
			}
		} : { start: "new" };
	}
	#m(e) {
		if (this.#d !== null) return this.#E(e);
		if (e.type === "hello") return this.#y(e);
		"seq" in e && e.seq !== void 0 && !this.#h(e.seq) || (this.#g(e), this.#M(), this.#a.isCaughtUp && this.#b());
	}
	#h(e) {
		let t = this.#a.accept(e);
		return t === "gap" && this.#r.drop(), t === "new" && this.#n.session && (this.#n.session.seq = e), t === "new";
	}
	#g(e) {
		switch (e.type) {
			case "answer": return this.#i.answered(e, this.#_);
			case "error": return e.in_reply_to === void 0 && this.#l && this.emit("handoffRefused"), this.#l &&= e.in_reply_to !== void 0, this.#i.refused(e);
			case "status": {
				let t = this.#i.find(e.in_reply_to);
				return !t || a(t) ? void 0 : (t.progress = e.state, this.#j(t));
			}
			case "message": return this.#A({
				kind: "message",
				id: this.#v(e.seq),
				text: e.text
			});
			case "handoff": {
				let { seq: t, state: n } = e;
				return this.#l = !1, this.#A({
					kind: "handoff",
					id: this.#v(t),
					state: n,
					session: this.#_
				});
			}
		}
	}
	get #_() {
		return this.#n.session?.id ?? "";
	}
	#v(e) {
		return `${this.#_}-${e}`;
	}
	#y(e) {
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
		}, e.resumed || (this.#n.unsent = this.#n.unsent.filter(({ type: e }) => e !== "feedback")), this.#a.begin(e.seq, e.last_seq ?? e.seq), this.#M(), this.emit("hello", e), !e.resumed && n && this.emit("renewed"), this.#a.isCaughtUp && this.#b();
	}
	#b() {
		if (!(this.state === "open" && this.#a.isCaughtUp) || this.#d !== null || this.hasToForget) return;
		this.#i.flush((e) => this.#x(e));
		let { unsent: e } = this.#n;
		if (e.length !== 0) {
			for (; e[0] && this.#x(e[0]);) e.shift();
			this.#M();
		}
	}
	#x(e) {
		let t = this.#r.send(e);
		return t && this.#r.probe(), t;
	}
	#S(e) {
		return this.#n.unsent.push(e), this.#M(), this.#b(), this.connect(), !this.#n.unsent.includes(e);
	}
	#C(e) {
		clearTimeout(this.#u);
		let t = e === p.normal ? this.#d : null;
		this.#d = null, t !== null && this.#D(t), e === p.tooBig && this.#i.tooLarge(), this.#i.connectionLost(), this.#M(), e === p.notAuthorised && this.#w(), t !== null && this.connect();
	}
	#w() {
		let { forgetting: e, session: t } = this.#n;
		if (e[0]) this.#D(e[0].id);
		else if (t) this.#n.session = null;
		else if (this.#s) return this.#r.expire();
		else return;
		this.#r.readmit();
	}
	#T() {
		this.#d = this.#n.forgetting[0]?.id ?? null, this.#r.send({ type: "forget" }), this.#u = setTimeout(() => this.#r.drop(), j);
	}
	#E(e) {
		let t = e.type === "goodbye" && e.reason === "forgotten", n = e.type === "error" && e.in_reply_to === void 0;
		(t || n) && (this.#D(this.#d ?? void 0), n && this.#r.drop());
	}
	#D(e) {
		let { forgetting: t } = this.#n, n = t.findIndex(({ id: t }) => t === e);
		n < 0 || (t.splice(n, 1), this.#M(), this.emit("forgotten"));
	}
	#O(e) {
		let t = typeof e == "object" && e && "forgotten" in e ? e.forgotten : void 0;
		t !== void 0 && t === this.#n.session?.id && this.#k();
	}
	#k() {
		this.#i.stop(), this.#n.entries = [], this.#n.unsent = [], this.#n.session = null, this.#M(), this.emit("cleared");
	}
	#A(e) {
		this.#n.entries.push(e), this.#j(e);
	}
	#j(e) {
		this.#M(), this.emit("entry", e);
	}
	#M() {
		l(this.#t, this.#e, this.#n);
	}
};
export { p as CLOSE, M as IbidClient, e as backoffMs, m as parseFrame };
