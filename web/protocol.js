/**
 * The shapes of the frames of subprotocol `ibid.v1`, for type checking only:
 * nothing loads this file at run time.
 *
 * @typedef {{text: string, match: boolean}} Run
 *
 * @typedef {object} BibliographyEntry
 * @property {string | null} label
 * @property {string} text
 * @property {string | null} [url]
 * @property {string | null} [doi]
 * @property {"cited" | "related"} relation
 *
 * @typedef {object} Reference
 * @property {string} document
 * @property {string} title
 * @property {string[]} section
 * @property {[number, number] | null} lines
 * @property {number | null} [page]
 * @property {string | null} [url]
 * @property {string | null} [link]
 * @property {string | null} [reviewed] ISO date
 * @property {string | null} [language] BCP 47
 * @property {BibliographyEntry[]} [bibliography]
 *
 * @typedef {object} Citation
 * @property {string} quote
 * @property {Run[]} runs
 * @property {string} passage
 * @property {string | null} [lead_in]
 * @property {Reference} reference
 *
 * @typedef {object} Notice
 * @property {"emergency" | "crisis"} kind
 * @property {string} title
 * @property {string} text
 * @property {{label: string, href: string}[]} actions
 *
 * @typedef {"no_match" | "off_topic" | "too_vague" | "empty" | "language"} Reason
 *
 * @typedef {object} Answer
 * @property {"answered" | "low_confidence" | "not_found" | "red_flag" | "small_talk" | "handoff"} outcome
 * @property {Reason | null} [reason]
 * @property {string | null} [read_as]
 * @property {{from: string, to: string}[]} [corrections]
 * @property {string | null} [message]
 * @property {Notice | null} [notice]
 * @property {Citation[]} citations
 * @property {string[]} [related]
 *
 * @typedef {object} Hello
 * @property {"hello"} type
 * @property {string} title
 * @property {string | null} [greeting]
 * @property {string[]} [suggestions]
 * @property {{question_chars?: number}} [limits]
 * @property {number} heartbeat_secs
 *
 * @typedef {{type: "answer", in_reply_to: string, answer: Answer}} AnswerFrame
 * @typedef {{type: "status", in_reply_to: string, state: "queued" | "searching"}} StatusFrame
 * @typedef {{type: "message", author: string, text: string}} MessageFrame
 * @typedef {{type: "handoff", state: "requested" | "accepted" | "closed"}} HandoffFrame
 * @typedef {{type: "error", code: string, detail: string, in_reply_to?: string, retry_after_ms?: number}} ErrorFrame
 * @typedef {{type: "goodbye", reason: string}} GoodbyeFrame
 * @typedef {{type: "pong"}} PongFrame
 * @typedef {Hello | AnswerFrame | StatusFrame | MessageFrame | HandoffFrame | ErrorFrame | GoodbyeFrame | PongFrame} ServerFrame
 * @typedef {{type: "ask", id: string, question: string} | {type: "ping"}} ClientFrame
 */
export {};
