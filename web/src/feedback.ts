/** Whether an answer helped, and if not, why. */

import type { FeedbackReason, Question } from "../client/index.js";
import type { Context } from "./context.js";
import { button, el } from "./dom.js";
import type { Key } from "./words.js";

const REASONS: [FeedbackReason, Key][] = [
  ["wrong", "reasonWrong"],
  ["incomplete", "reasonIncomplete"],
  ["unclear", "reasonUnclear"],
  ["unsafe", "reasonUnsafe"],
  ["other", "reasonOther"],
];

export function renderFeedback({ words, act, announce }: Context, question: Question): HTMLElement {
  const label = words.say("helpful");
  const box = el("div", { class: "feedback", role: "group", "aria-label": label, tabindex: -1 });

  const show = (asked: string, choices: HTMLElement[]) => {
    box.setAttribute("aria-label", asked);
    box.replaceChildren(el("span", {}, asked), ...choices);
  };
  const no = button(words.say("no"), () => askWhy());
  const ask = () => show(label, [button(words.say("yes"), () => send(true)), no]);
  const askWhy = () => {
    const reasons = REASONS.map(([reason, key]) => button(words.say(key), () => send(false, reason)));
    const none = button(words.say("reasonNone"), () => send(false));
    const back = button(words.say("back"), () => {
      ask();
      no.focus();
    });
    show(words.say("why"), [...reasons, none, back]);
    reasons[0]?.focus();
  };
  const send = (helpful: boolean, reason?: FeedbackReason) => {
    const told = words.say(act.feedback(question.id, helpful, reason) ? "thanks" : "feedbackLate");
    box.replaceChildren(el("span", {}, told));
    announce(told);
    box.focus({ preventScroll: true });
  };

  if (question.feedback) box.append(el("span", {}, words.say("thanks")));
  else ask();
  return box;
}
