/**
 * The frames of subprotocol `ibid.v1`, as docs/protocol.md describes them. Members and
 * frames that are not named here are passed over.
 */
export interface Run {
    text: string;
    match: boolean;
}
export interface BibliographyEntry {
    label: string | null;
    text: string;
    url?: string | null;
    doi?: string | null;
    relation: "cited" | "related";
}
export interface Reference {
    document: string;
    title: string;
    /** Headings from the outermost inwards. */
    section: string[];
    /** First and last line, from 1. */
    lines: [number, number] | null;
    /** Page on which the quote begins, from 1, for formats that have pages. */
    page?: number | null;
    /** Page on which it ends, where that is another one. */
    last_page?: number;
    /** Half-open range of the quote in the UTF-8 text of this revision of the document. */
    bytes: [number, number];
    revision: string;
    /** Of the bytes of the quote, in hexadecimal. */
    sha256: string;
    url?: string | null;
    /** The readable page with the quote marked, relative to the server. */
    link?: string | null;
    /** ISO date. */
    reviewed?: string | null;
    /** BCP 47. */
    language?: string | null;
    bibliography?: BibliographyEntry[];
}
export interface Citation {
    /** From 1. */
    rank: number;
    /** Raw; not comparable between questions. */
    score: number;
    /** 0 to 1. */
    confidence?: number;
    quote: string;
    runs: Run[];
    passage: string;
    lead_in?: string | null;
    reference: Reference;
}
/** A label and where it leads: a telephone number, a mail address or a web page. */
export interface Action {
    label: string;
    href: string;
}
export interface Notice {
    kind: "emergency" | "crisis";
    title: string;
    text: string;
    actions: Action[];
}
export type Outcome = "answered" | "low_confidence" | "not_found" | "red_flag" | "small_talk" | "handoff";
export type NotFoundReason = "no_match" | "off_topic" | "too_vague" | "empty" | "language";
/** A heading that comes near to a question that was not answered. */
export interface Nearest {
    title: string;
    section: string[];
    link: string;
}
export interface Answer {
    outcome: Outcome;
    /** 0 to 1: how sure it is that the first quote answers. */
    confidence?: number;
    reason?: NotFoundReason | null;
    read_as?: string | null;
    corrections?: {
        from: string;
        to: string;
    }[];
    message?: string | null;
    notice?: Notice | null;
    citations: Citation[];
    related?: string[];
    looked_for?: string[];
    nearest?: Nearest[];
    /** Revision of the index. */
    index: string;
    took_ms: number;
}
/** What the operator says about the service. */
export interface Service {
    about?: string | null;
    contact?: Action[];
    accent?: string | null;
    accent_dark?: string | null;
    logo?: string | null;
    privacy?: string | null;
    /** Whether a person can be asked for. */
    handoff?: boolean;
    /** Language of the operator's texts, BCP 47. */
    language?: string | null;
}
export interface Hello {
    type: "hello";
    seq: number;
    session: string;
    token: string;
    title: string;
    greeting?: string | null;
    suggestions?: string[];
    limits?: {
        question_chars?: number;
    };
    heartbeat_secs: number;
    resumed: boolean;
    /** Number of the session's last frame when the connection began. */
    last_seq?: number;
    service?: Service;
}
export type FeedbackReason = "wrong" | "incomplete" | "unclear" | "unsafe" | "other";
export interface AnswerFrame {
    type: "answer";
    seq: number;
    in_reply_to: string;
    answer: Answer;
}
export interface ErrorFrame {
    type: "error";
    seq?: number;
    code: string;
    detail: string;
    in_reply_to?: string;
    retry_after_ms?: number;
}
export type HandoffState = "requested" | "accepted" | "closed";
export type ServerFrame = Hello | AnswerFrame | ErrorFrame | {
    type: "status";
    in_reply_to: string;
    state: "queued" | "searching";
} | {
    type: "message";
    seq: number;
    author: string;
    text: string;
} | {
    type: "handoff";
    seq: number;
    state: HandoffState;
} | {
    type: "goodbye";
    seq: number;
    reason: string;
    resume: boolean;
} | {
    type: "pong";
};
export type ClientFrame = {
    type: "ask";
    id: string;
    question: string;
    as_typed?: true;
} | {
    type: "resume";
    session: string;
    token: string;
    after: number;
} | {
    type: "feedback";
    answer: number;
    helpful: boolean;
    reason?: FeedbackReason;
} | {
    type: "handoff";
    note?: string;
} | {
    type: "forget";
} | {
    type: "ping";
};
/** Close codes that say how to go on. */
export declare const CLOSE: {
    readonly normal: 1000;
    readonly abnormal: 1006;
    readonly policy: 1008;
    readonly tooBig: 1009;
    readonly notAuthorised: 4401;
    readonly idle: 4408;
    readonly takenOver: 4409;
    readonly tooMany: 4429;
};
/** The frame in a message, or null where there is none. */
export declare function parseFrame(data: unknown): ServerFrame | null;

/**
 * The wait before attempt number `attempt`, from 0: doubles up to a bound. Half of it is random, so that the
 * pages of a restarted server do not all return at once. `random` is in [0, 1).
 */
export declare function backoffMs(attempt: number, random: number): number;

/** Calls listeners by the name of an event. `Events` maps names to the arguments of their listeners. */
declare class Emitter<Events extends {
    [Name in keyof Events]: unknown[];
}> {
    #private;
    /** Adds a listener; what it gives back removes it again. */
    on<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): () => void;
    protected emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void;
}

/**
 * The conversation as a list of entries. An entry changes in place until it is settled; all of it is plain data,
 * so that it can be stored as it is.
 */
/**
 * How far a question is: `waiting` for a connection, `sent`, then `queued` or `searching` as the server says,
 * `held` until it may be asked again, and in the end `answered` or `failed`.
 */
export type Progress = "waiting" | "sent" | "queued" | "searching" | "held" | "answered" | "failed";
export interface Question {
    kind: "question";
    id: string;
    /** As typed; null when it was asked by another window of the same session. */
    text: string | null;
    asTyped: boolean;
    progress: Progress;
    /** Number of the answer's frame, and id of the session that it counts in. */
    seq?: number;
    session?: string;
    answer?: Answer;
    /** Why it failed or is held: a code of the protocol, or `unreachable` or `cancelled`. */
    problem?: string;
    /** When a held question is asked again, in milliseconds since 1970. */
    retryAt?: number;
    feedback?: {
        helpful: boolean;
        reason?: FeedbackReason;
    };
    /** How often the server put it off, and how many connections broke under it. */
    refusals: number;
    losses: number;
}
/** Something that a person of the help desk wrote. */
export interface PersonMessage {
    kind: "message";
    id: string;
    text: string;
}
export interface Handoff {
    kind: "handoff";
    id: string;
    /** `lost` where the session that a person was asked into is gone, so that the person can no longer come. */
    state: HandoffState | "lost";
    /** Id of the session that is handed over. */
    session: string;
}
export type Entry = Question | PersonMessage | Handoff;
declare const isSettled: (entry: Entry) => boolean;
/** The newest hand-over to a person, unless that person has left or can no longer come. */
declare function openHandoff(entries: readonly Entry[]): Handoff | undefined;

/**
 * What survives a reload, in a storage that the page chooses (session storage, as a rule): the session, the
 * entries, what else has still to be sent, and the sessions that the server has still to forget, written together so
 * that they always agree.
 */
interface Session {
    id: string;
    token: string;
    /** Number of the last frame that was taken in. */
    seq: number;
}
/** Frames that are kept, besides the questions, until the server has taken them. */
type Unsent = Extract<ClientFrame, {
    type: "feedback" | "handoff";
}>;
interface Journal {
    version: 1;
    session: Session | null;
    entries: Entry[];
    unsent: Unsent[];
    forgetting: Session[];
    hello: Hello | null;
}
/** The part of the Web Storage interface that is used. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;
declare function readJournal(store: Store | null, key: string): Journal;
/** Writes the journal; where there is no room, without its oldest settled entries. */
declare function writeJournal(store: Store | null, key: string, journal: Journal): void;

/**
 * Keeps one WebSocket to the server alive: connects, pings, notices a link that is dead but not closed, and comes
 * back after a growing, jittered wait. It knows nothing of questions.
 */
/**
 * `idle` before the first connection and after `close`; `resting` until something is to be sent; `taken` when
 * another connection goes on with the session; `refused` when the server does not let this page in, and `expired`
 * when it no longer does but will once the page is loaded anew.
 */
export type LinkState = "idle" | "connecting" | "open" | "lost" | "resting" | "taken" | "refused" | "expired";
interface LinkEvents {
    /** How to begin: the query of the address, and what to send first. */
    opening(): {
        start: "new" | "resume";
        first?: ClientFrame;
    };
    frame(frame: ServerFrame): void;
    state(state: LinkState): void;
    closed(code: number): void;
    /** Whether a connection that rests is to come back by itself. */
    isNeeded(): boolean;
}
interface Surroundings {
    WebSocket: typeof WebSocket;
    random: () => number;
}
declare class Link {
    #private;
    private readonly url;
    private readonly on;
    private readonly around;
    state: LinkState;
    /** Attempts since a connection last held. */
    attempts: number;
    /** Pings that this connection was given, and how many of them were answered: they are answered in order. */
    pings: number;
    pongs: number;
    constructor(url: string, on: LinkEvents, around: Surroundings);
    /** Connects now, unless it is connected, on its way, or not let in. */
    connect(): void;
    /** Gives back whether the frame was handed to an open link. */
    send(frame: ClientFrame): boolean;
    /** Asks for a sign of life now rather than at the next heartbeat. */
    probe(): void;
    /** Gives up the connection without waiting for the other side, and connects again as after any loss. */
    drop(): void;
    /** Tries once more after a refusal, because what was refused has been given up. */
    readmit(): void;
    /** Says of a refusal that a page loaded anew will be let in. */
    expire(): void;
    /** Ends the connection until the next `connect`. */
    close(): void;
}

/** What a client is made with, and what it tells. */
export interface ClientOptions {
    /** Where the conversation is kept; null keeps it in memory. Session storage if left out and there is one. */
    storage?: Store | null;
    /** A session made for this page by the site's server, where the Ibid server lets nobody begin one without. */
    visitor?: {
        session: string;
        token: string;
    } | null;
    /** For programs without a global `WebSocket`, and for tests. */
    WebSocket?: typeof WebSocket;
    /** A number in [0, 1), for the jitter of waits. */
    random?: () => number;
}
export type ClientEvents = {
    state: [state: LinkState];
    hello: [hello: Hello];
    /** An entry was added or has changed. */
    entry: [entry: Entry];
    /** The server began a new session: it no longer knows what was asked before. */
    renewed: [];
    /** Nobody can be asked for at the moment. */
    handoffRefused: [];
    /** The entries are gone. */
    cleared: [];
    /** The server has forgotten what it was told to forget. */
    forgotten: [];
};

/**
 * A conversation with an Ibid server that survives lost connections, reloads and restarts. Every question is kept
 * until it has its answer, is asked under one id however often it must be sent, and no answer is taken in twice.
 * Judgements and the wish for a person are kept until the server has taken them.
 */
export declare class IbidClient extends Emitter<ClientEvents> {
    #private;
    readonly server: URL;
    /** `server` is the address of the server, such as `https://ask.example.org`. Nothing is sent before `connect`. */
    constructor(server: string | URL, options?: ClientOptions);
    get state(): LinkState;
    /** Attempts to connect since a connection last held. */
    get attempts(): number;
    /** The conversation, oldest first. */
    get entries(): readonly Entry[];
    /** What the server last said of itself, also in an earlier visit to the page. */
    get hello(): Hello | null;
    /** Whether the server has still to be told to forget a session. */
    get hasToForget(): boolean;
    get hasWaiting(): boolean;
    /** Whether a person has been asked for or has the conversation. */
    get hasPerson(): boolean;
    /** Whether there is something to send, or a person to hear from. */
    get needsConnection(): boolean;
    /** Connects, and from then on keeps the connection. Also takes a session back that another window took over. */
    connect(): void;
    /** Ends the connection. The conversation stays stored, and `connect` goes on with it. */
    close(): void;
    /** Asks now, or as soon as there is a connection. `asTyped` forbids the server to read it otherwise. */
    ask(text: string, { asTyped }?: {
        asTyped?: boolean | undefined;
    }): Question;
    /** Asks a failed or held question again, under the same id. */
    retry(id: string): void;
    /** Stops a held question from being asked again by itself. */
    cancel(id: string): void;
    /** Says whether an answer helped, now or with the next connection; false for an answer of an earlier session. */
    feedback(id: string, helpful: boolean, reason?: FeedbackReason): boolean;
    /**
     * Asks for a person, with a note for them if there is one. Gives back whether it was sent at once; if not, it is
     * with the next connection.
     */
    handoff(note?: string): boolean;
    /** Forgets the conversation here at once, and on the server now or with the next connection. */
    forget(): void;
}
export {};
