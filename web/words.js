/**
 * Every sentence that the page itself says, in one place for translators. The
 * greeting, the messages and the notices are the operator's and come by the socket.
 */

/** @typedef {import("./protocol.js").Reason} Reason */

export const words = {
  you: "You asked:",
  fromDocuments: "From the documents",
  suggestions: "For example",
  related: "You could also ask",
  newTab: "(opens in a new tab)",

  connecting: "Connecting…",
  lost: "No connection. Trying to get it back…",
  lostWithQuestion: "No connection. Your question is kept and will be sent.",
  paused: "The connection is resting. It comes back when you send a question.",
  refused: "This page may not use the service from here. Please tell the organisation that runs it.",
  startedAnew: "Connected again. Please write your next question in full: earlier ones are no longer remembered.",

  queued: "Waiting for its turn…",
  searching: "Searching the documents…",
  slow: "Still searching. This takes longer than usual.",
  kept: "Not sent yet. Your question is kept and will be sent when the connection is back.",

  caution: "This may not be the answer to your question. It is the closest that the documents have.",
  readAs: (/** @type {string} */ question) => `I read this as “${question}”`,
  corrected: (/** @type {string} */ from, /** @type {string} */ to) => `I read “${from}” as “${to}”`,
  quoteOf: (/** @type {number} */ rank, /** @type {number} */ count) => `Quote ${rank} of ${count}`,
  announced: (/** @type {number} */ count) => (count === 1 ? "One quote." : `${count} quotes. The first:`),
  announcedPlace: (/** @type {string} */ place) => `From ${place}.`,
  surroundings: "Show the text around it",
  literature: (/** @type {number} */ count) => `Literature (${count})`,
  cited: "Literature named by the document for this passage:",
  relatedLiterature: "Related literature in this document:",
  reviewed: (/** @type {string} */ date) => `Reviewed ${date}`,
  original: (/** @type {string} */ host) => `Original at ${host}`,
  copy: "Copy quote",
  copied: "Copied",
  copyFailed: "Could not copy",

  nothingFound: "The documents do not answer this.",
  handoff: {
    requested: "A person has been asked to join.",
    accepted: "A person has joined the conversation.",
    closed: "The person has left the conversation.",
  },
  agent: "A person writes",

  typeSomething: "Please type a question first.",
  charactersLeft: (/** @type {number} */ count) => `${count} ${count === 1 ? "character" : "characters"} left`,
  charactersTooMany: (/** @type {number} */ count) => `${count} ${count === 1 ? "character" : "characters"} too many`,
  shorten: (/** @type {number} */ limit) => `Your question is too long. Please shorten it to ${limit} characters.`,

  busy: "The service is busy right now.",
  tooLong: "This question is too long for the service. Please shorten it.",
  tooMany: "That was a lot of questions in a short time.",
  failed: "Something went wrong, and this question got no answer.",
  unreachable: "The connection broke several times while this question was on its way.",
  again: (/** @type {number} */ seconds) =>
    `Your question will be sent again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
  sendAgain: "Send again",
  doNotSend: "Do not send again",
  edit: "Edit the question",
  notSent: "The question was not sent again.",
};

/** @type {Record<Reason, string>} */
const notFound = {
  no_match: "I found no passage in the documents that answers this. Other words may help.",
  off_topic: "This seems to be about something that these documents do not cover.",
  too_vague: "Please say a little more: name the illness, the treatment or the test that you mean.",
  empty: "There was no question to look up. Please type one.",
  language: "These documents are in another language. Please ask in that language.",
};

/** @param {Reason | null | undefined} reason */
export function notFoundWords(reason) {
  return (reason && notFound[reason]) || words.nothingFound;
}
