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
		this.url = e, this.on = t, this.around = n, this.#o = this.#v();
	}
	connect() {
		this.#e || this.state === "refused" || (clearTimeout(this.#a), this.#s());
	}
	send(e) {
		return this.state === "open" && this.#l(e);
	}
	drop() {
		let e = this.#e;
		e && (this.#h(u.abnormal), e.close());
	}
	readmit() {
		this.state = "lost", this.connect();
	}
	close() {
		this.#o();
		let e = this.#e;
		this.#m(), clearTimeout(this.#a), e?.close(u.normal), this.#_("idle");
	}
	#s() {
		let { start: e, first: t } = this.on.opening(), n = this.#c(`${this.url}?start=${e}`);
		if (!n) return this.#h(u.policy);
		this.#e = n, this.#r = setTimeout(() => this.drop(), p), n.addEventListener("open", () => {
			n === this.#e && t && this.#l(t);
		}), n.addEventListener("message", (e) => {
			n === this.#e && this.#u(e.data);
		}), n.addEventListener("close", (e) => {
			n === this.#e && this.#h(e.code);
		}), this.#_(this.attempts === 0 ? "connecting" : "lost");
	}
	#c(e) {
		try {
			return new this.around.WebSocket(e, f);
		} catch {
			return null;
		}
	}
	#l(e) {
		return this.#e?.readyState === 1 && (this.#e.send(JSON.stringify(e)), !0);
	}
	#u(e) {
		this.#t = 0, clearTimeout(this.#i);
		let t = d(e);
		t && (t.type === "hello" && this.#d(t.heartbeat_secs), this.on.frame(t));
	}
	#d(e) {
		clearTimeout(this.#r), this.#r = setTimeout(() => this.attempts = 0, h), clearInterval(this.#n), e > 0 && (this.#n = setInterval(() => this.#f(), e * 1e3)), this.#_("open");
	}
	#f() {
		this.#t += 1, this.#t >= g ? this.drop() : this.#l({ type: "ping" });
	}
	#p() {
		this.state === "open" && (this.#l({ type: "ping" }), clearTimeout(this.#i), this.#i = setTimeout(() => this.drop(), m));
	}
	#m() {
		for (let e of [
			this.#r,
			this.#i,
			this.#n
		]) clearTimeout(e);
		this.#e = null, this.#t = 0;
	}
	#h(e) {
		this.#m();
		let t = y(e);
		t === "lost" && this.#g(e), this.#_(t), this.on.closed(e);
	}
	#g(t) {
		t === u.tooMany && (this.attempts = Math.max(this.attempts, _)), this.#a = setTimeout(() => this.connect(), e(this.attempts, this.around.random())), this.attempts += 1;
	}
	#_(e) {
		this.state = e, this.on.state(e);
	}
	#v() {
		if (typeof document > "u") return () => void 0;
		let e = new AbortController(), { signal: t } = e, n = () => this.state === "lost" ? this.connect() : this.#p();
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
}, x = 6, S = [
	"busy",
	"not_ready",
	"shutting_down"
], C = 1e3, w = 10, T = class {
	entries;
	on;
	#e = /* @__PURE__ */ new Map();
	#t = D();
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
	answered({ in_reply_to: e, seq: t, answer: n }) {
		let r = this.find(e);
		if (r?.progress === "answered") return;
		let i = r ?? this.#i(e, null, !1);
		this.#o(e), Object.assign(i, {
			progress: "answered",
			seq: t,
			answer: n
		}), delete i.problem, this.on.changed(i);
	}
	refused({ in_reply_to: e, code: t, retry_after_ms: r }) {
		let i = this.find(e);
		if (!i || n(i)) return;
		let a = S.includes(t) ? C * 2 ** i.refusals : void 0, o = r ?? a;
		if (i.refusals += 1, o === void 0 || i.refusals > x) return this.fail(i, t);
		Object.assign(i, {
			progress: "held",
			problem: t,
			retryAt: Date.now() + o
		}), this.#o(i.id), this.#e.set(i.id, setTimeout(() => this.on.due(i.id), o)), this.on.changed(i);
	}
	connectionLost() {
		let [e, ...t] = this.#r().filter(E);
		e && this.#a(e);
		for (let e of t) this.await(e);
	}
	tooLarge() {
		let e = this.#r().find(E);
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
		e.losses += 1, e.losses >= w ? this.fail(e, "unreachable") : this.await(e);
	}
	#o(e) {
		clearTimeout(this.#e.get(e)), this.#e.delete(e);
	}
}, E = ({ progress: e }) => [
	"sent",
	"queued",
	"searching"
].includes(e);
function D() {
	let e = crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(6));
	return Array.from(e, (e) => e.toString(16).padStart(2, "0")).join("");
}
// client/client.ts
var O = 4e3, k = "ibid", A = class extends t {
	server;
	#e;
	#t;
	#n;
	#r;
	#i;
	#a = new b();
	#o;
	#s = typeof BroadcastChannel > "u" ? null : new BroadcastChannel(k);
	#c;
	#l = null;
	constructor(e, t = {}) {
		super(), this.server = new URL(e), this.#e = `ibid:${this.server.origin}`, this.#o = t.visitor ?? null, this.#t = t.storage === void 0 ? j() : t.storage, this.#n = a(this.#t, this.#e), this.#i = new T(() => this.#n.entries, {
			changed: (e) => this.#C(e),
			due: (e) => this.retry(e)
		});
		let n = {
			WebSocket: t.WebSocket ?? globalThis.WebSocket,
			random: t.random ?? Math.random
		}, r = new URL("/api/v1/chat", this.server);
		r.protocol = r.protocol === "http:" ? "ws:" : "wss:", this.#r = new v(r.href, {
			opening: () => this.#u(),
			frame: (e) => this.#d(e),
			state: (e) => this.emit("state", e),
			closed: (e) => this.#g(e)
		}, n), this.#s?.addEventListener("message", ({ data: e }) => this.#b(e)), this.#s?.unref?.();
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
		this.#i.stop(), this.#s?.close(), this.#r.close();
	}
	ask(e, { asTyped: t = !1 } = {}) {
		let n = this.#i.add(e, t);
		return this.#C(n), this.#h(), this.connect(), n;
	}
	retry(e) {
		let t = this.#i.find(e);
		t && t.progress !== "answered" && (this.#i.await(t), this.#h(), this.connect());
	}
	cancel(e) {
		let t = this.#i.find(e);
		t?.progress === "held" && this.#i.fail(t, "cancelled");
	}
	feedback(e, t, n) {
		let r = this.#i.find(e);
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
		}, this.#C(r), !0) : !1;
	}
	handoff(e) {
		return this.#r.send({
			type: "handoff",
			...e && { note: e }
		});
	}
	forget() {
		let { session: e, forgetting: t } = this.#n;
		e && t.push(e), this.#x(), e && this.#s?.postMessage({ forgotten: e.id }), e && this.state === "open" ? this.#_() : this.connect();
	}
	#u() {
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
	#d(e) {
		if (this.#l !== null) return this.#v(e);
		if (e.type === "hello") return this.#m(e);
		"seq" in e && e.seq !== void 0 && !this.#f(e.seq) || (this.#p(e), this.#w(), this.#a.isCaughtUp && this.#h());
	}
	#f(e) {
		let t = this.#a.accept(e);
		return t === "gap" && this.#r.drop(), t === "new" && this.#n.session && (this.#n.session.seq = e), t === "new";
	}
	#p(e) {
		switch (e.type) {
			case "answer": return this.#i.answered(e);
			case "error": return this.#i.refused(e);
			case "status": {
				let t = this.#i.find(e.in_reply_to);
				return !t || n(t) ? void 0 : (t.progress = e.state, this.#C(t));
			}
			case "message": return this.#S({
				kind: "message",
				id: `m${e.seq}`,
				text: e.text
			});
			case "handoff": return this.#S({
				kind: "handoff",
				id: `h${e.seq}`,
				state: e.state
			});
		}
	}
	#m(e) {
		let { forgetting: t, session: n } = this.#n;
		if (t.length > 0) {
			if (e.resumed) return this.#_();
			if (this.#y(t[0]?.id), t.length > 0 || n) return this.#r.drop();
		}
		this.#n.hello = {
			...e,
			session: "",
			token: ""
		}, this.#n.session = {
			id: e.session,
			token: e.token || (n?.token ?? ""),
			seq: e.seq
		}, this.#a.begin(e.seq, e.last_seq ?? e.seq), this.#w(), this.emit("hello", e), !e.resumed && n && this.emit("renewed"), this.#a.isCaughtUp && this.#h();
	}
	#h() {
		this.state === "open" && this.#a.isCaughtUp && this.#l === null && !this.hasToForget && this.#i.flush((e) => this.#r.send(e));
	}
	#g(e) {
		clearTimeout(this.#c);
		let t = e === u.normal ? this.#l : null;
		this.#l = null, t !== null && this.#y(t), e === u.tooBig && this.#i.tooLarge(), this.#i.connectionLost(), this.#w(), e === u.notAuthorised && this.#n.session && (this.#n.session = null, this.#r.readmit()), t !== null && this.connect();
	}
	#_() {
		this.#l = this.#n.forgetting[0]?.id ?? null, this.#r.send({ type: "forget" }), this.#c = setTimeout(() => this.#r.drop(), O);
	}
	#v(e) {
		let t = e.type === "goodbye" && e.reason === "forgotten", n = e.type === "error" && e.in_reply_to === void 0;
		(t || n) && (this.#y(this.#l ?? void 0), n && this.#r.drop());
	}
	#y(e) {
		let { forgetting: t } = this.#n, n = t.findIndex(({ id: t }) => t === e);
		n < 0 || (t.splice(n, 1), this.#w(), this.emit("forgotten"));
	}
	#b(e) {
		let t = typeof e == "object" && e && "forgotten" in e ? e.forgotten : void 0;
		t !== void 0 && t === this.#n.session?.id && this.#x();
	}
	#x() {
		this.#i.stop(), this.#n.entries = [], this.#n.session = null, this.#w(), this.emit("cleared");
	}
	#S(e) {
		this.#n.entries.some(({ id: t }) => t === e.id) || (this.#n.entries.push(e), this.#C(e));
	}
	#C(e) {
		this.#w(), this.emit("entry", e);
	}
	#w() {
		o(this.#t, this.#e, this.#n);
	}
};
function j() {
	try {
		return globalThis.sessionStorage ?? null;
	} catch {
		return null;
	}
}
export { u as CLOSE, A as IbidClient, e as backoffMs, d as parseFrame };
