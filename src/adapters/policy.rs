//! What Ibid does at a desk with what it found: pure, from the answer, the settings and the hour.

use serde_json::Value;

use super::content::{Block, Content, Links};
use super::model::Step;
use crate::answer::{Answer, Outcome};
use crate::config::{DeskConfig, DeskKind, HandOver, Notes, When, WhenUnsure};
use crate::conversation::Exchange;
use crate::protocol;

/// Most earlier questions that staff are shown who do not see the conversation, and most characters of each.
const MAX_BEFORE: usize = 4;
const MAX_BEFORE_CHARS: usize = 300;

/// What counts beside the answer.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Answers in a row, before this one, that did not help.
    pub misses: u32,
    /// Whether somebody is there.
    pub is_open: bool,
    /// What was asked and found in the conversation before this, oldest first.
    pub before: &'a [Exchange],
}

/// What is done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// In this order.
    pub steps: Vec<Step>,
    /// Whether the conversation is a person's from now on.
    pub hands_over: bool,
    /// Answers in a row that did not help, with this one.
    pub misses: u32,
}

/// Decides what becomes of `answer` at the desk.
#[must_use]
pub fn decide(desk: &DeskConfig, links: &Links, answer: &Answer, situation: Situation<'_>) -> Decision {
    Deciding { desk, links, answer, situation, decision: Decision::default() }.decide()
}

struct Deciding<'a> {
    desk: &'a DeskConfig,
    links: &'a Links,
    answer: &'a Answer,
    situation: Situation<'a>,
    decision: Decision,
}

impl Deciding<'_> {
    fn decide(mut self) -> Decision {
        match self.answer.outcome {
            Outcome::RedFlag => self.on_red_flag(),
            _ if !self.is_time(self.desk.answers) => self.leave_to_staff("outside of Ibid's hours"),
            Outcome::Handoff => self.on_request(),
            Outcome::SmallTalk => self.on_small_talk(),
            Outcome::Answered if self.answer.confidence >= self.desk.answer_from => self.on_sure(),
            _ => self.on_unsure(),
        }
        self.decision
    }

    const fn is_time(&self, when: When) -> bool {
        match when {
            When::Always => true,
            When::InsideHours => self.situation.is_open,
            When::OutsideHours => !self.situation.is_open,
        }
    }

    fn may_hand_over(&self, reason: HandOver) -> bool {
        self.desk.hand_over.contains(&reason)
            && (reason == HandOver::RedFlag || self.is_time(self.desk.hand_over_when))
    }

    /// Whatever the hour and the confidence: the notice goes out.
    fn on_red_flag(&mut self) {
        self.say_answer();
        if self.may_hand_over(HandOver::RedFlag) {
            self.hand_over_with("This message may tell of danger. Please look at it first.");
        } else if self.desk.notes == Notes::Always {
            self.note("This message may tell of danger. The notice was sent.");
        }
    }

    fn on_request(&mut self) {
        let hands_over = self.may_hand_over(HandOver::Request);
        let text = match (hands_over, self.situation.is_open) {
            (true, true) => &self.desk.handed_over,
            (true, false) => &self.desk.closed,
            (false, _) => self.answer.message.as_ref().unwrap_or(&self.desk.closed),
        };
        self.say(Content::text(text));
        if hands_over {
            self.hand_over_with("The patient wants to speak with a person.");
        }
    }

    fn on_small_talk(&mut self) {
        self.decision.misses = self.situation.misses;
        // A letter of thanks wants no letter back.
        if self.desk.kind.is_chat() {
            self.say_answer();
        }
    }

    fn on_sure(&mut self) {
        self.say_answer();
        if self.desk.notes == Notes::Always {
            self.note("Ibid has answered this.");
        }
    }

    fn on_unsure(&mut self) {
        let misses = self.situation.misses.saturating_add(1);
        self.decision.misses = misses;
        let is_enough = misses >= self.desk.hand_over_after.max(1) && self.may_hand_over(HandOver::Misses);
        match self.desk.when_unsure {
            // What is said must be true: whoever is told that the team has it gets the team.
            WhenUnsure::Say => {
                let text = if self.situation.is_open { &self.desk.passed_on } else { &self.desk.closed };
                self.say(Content::text(text));
                self.hand_over_with("Ibid was not sure and has passed this on.");
            }
            WhenUnsure::Note => {
                self.suggest(is_enough);
                if is_enough {
                    self.hand_over();
                }
            }
            WhenUnsure::Silent if is_enough => {
                self.hand_over_with("Ibid could not help several times in a row.");
            }
            WhenUnsure::Silent => {}
        }
    }

    fn leave_to_staff(&mut self, why: &str) {
        self.decision.misses = self.situation.misses;
        self.note(&format!("Not answered: {why}."));
        // There nobody looks at a conversation that is the bot's.
        if self.desk.kind == DeskKind::Chatwoot {
            self.hand_over();
        }
    }

    fn say(&mut self, content: Content) {
        if !content.is_empty() {
            self.decision.steps.push(Step::say(content));
        }
    }

    fn say_answer(&mut self) {
        let content = Content::answer(self.answer, self.links, self.desk.quotes);
        if content.is_empty() {
            return;
        }
        let (buttons, answer) = (self.answer.related.clone(), self.whole());
        self.decision.steps.push(Step::Reply { content, buttons, answer, in_reply_to: None });
    }

    fn whole(&self) -> Value {
        serde_json::to_value(protocol::Answer::from(self.answer)).unwrap_or_default()
    }

    fn suggest(&mut self, hands_over: bool) {
        let head = if self.answer.citations.is_empty() {
            "The documents do not answer this."
        } else {
            "Suggested answer. Ibid was not sure enough to send it."
        };
        self.push_note(head, hands_over);
    }

    fn note(&mut self, head: &str) {
        if self.desk.notes != Notes::Never {
            self.push_note(head, false);
        }
    }

    fn hand_over_with(&mut self, head: &str) {
        if self.desk.notes != Notes::Never {
            self.push_note(head, true);
        }
        self.hand_over();
    }

    /// The reading, the confidence, the quotes and their links, for the staff; at a hand-over also what was asked before,
    /// where they cannot read it above the note.
    fn push_note(&mut self, head: &str, hands_over: bool) {
        let answer = self.answer;
        let mut content = Content::text(head);
        if let Some(read_as) = &answer.read_as {
            content.push_text(&format!("Read as: {read_as}"));
        }
        if !answer.citations.is_empty() {
            content.push_text(&format!("Confidence: {:.2}", answer.confidence));
        }
        for citation in answer.citations.iter().take(self.desk.quotes) {
            content.push_citation(citation, self.links);
        }
        // There the note stands in the channel of the staff, and a direct message is its patient's alone.
        if hands_over && self.desk.kind == DeskKind::Slack {
            push_before(&mut content, self.situation.before);
        }
        self.decision.steps.push(Step::Note { content, answer: self.whole(), in_reply_to: None });
    }

    fn hand_over(&mut self) {
        self.decision.steps.push(Step::HandOver);
        if !self.desk.hand_over_to.is_empty() {
            self.decision.steps.push(Step::Assign);
        }
        // There `accepted` says that somebody has it, and most channels never say so.
        self.decision.hands_over = self.desk.kind != DeskKind::BotFramework;
        self.decision.misses = 0;
    }
}

/// What was asked last and what was found for it, oldest first; whether the patient was shown it is not said.
fn push_before(content: &mut Content, before: &[Exchange]) {
    if !before.is_empty() {
        content.push_text("Asked before this, and what Ibid found:");
    }
    for exchange in before.iter().skip(before.len().saturating_sub(MAX_BEFORE)) {
        let question: String = exchange.question.chars().take(MAX_BEFORE_CHARS).collect();
        content.push_text(&question);
        match (&exchange.answered, &exchange.notice) {
            (Some(quote), _) => content.blocks.push(Block::Quote(quote.clone())),
            (None, Some(title)) => content.push_text(&format!("(notice) {title}")),
            (None, None) => content.push_text("(nothing)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(desk: &DeskConfig, outcome: Outcome, is_open: bool) -> Decision {
        decided_after(&[], desk, outcome, is_open)
    }

    fn decided_after(before: &[Exchange], desk: &DeskConfig, outcome: Outcome, is_open: bool) -> Decision {
        let answer = Answer::bare(outcome, "");
        decide(desk, &Links::default(), &answer, Situation { misses: 1, is_open, before })
    }

    /// What the staff are told.
    fn noted(decision: &Decision) -> String {
        let notes = decision.steps.iter().filter_map(|step| match step {
            Step::Note { content, .. } => Some(content.plain()),
            _ => None,
        });
        notes.collect()
    }

    #[test]
    fn staff_who_do_not_see_the_conversation_are_told_what_was_asked_before_a_hand_over() {
        let exchange = |question: &str, answered: Option<&str>, notice: Option<&str>| Exchange {
            question: question.into(),
            answered: answered.map(str::to_owned),
            notice: notice.map(str::to_owned),
            ..Exchange::default()
        };
        let before = [
            exchange("too long ago?", Some("Long ago."), None),
            exchange(&"how long? ".repeat(100), Some("Over weeks."), None),
            exchange("my chest hurts", None, Some("Call 112")),
            exchange("and my knee?", None, None),
            exchange("can I drive?", Some("Not today."), None),
        ];
        let of = |kind, outcome| noted(&decided_after(&before, &DeskConfig::of(kind), outcome, true));
        for outcome in [Outcome::Handoff, Outcome::NotFound, Outcome::RedFlag] {
            let told = of(DeskKind::Slack, outcome);
            let parts = [
                "how long?",
                "\u{201c}Over weeks.\u{201d}",
                "(notice) Call 112",
                "(nothing)",
                "can I drive?",
            ];
            let places: Vec<Option<usize>> = parts.iter().map(|part| told.find(part)).collect();
            assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told}");
            assert!(
                !told.contains("Long ago.") && told.len() < 800,
                "only the last, and not without end: {told}"
            );
            let beside = of(DeskKind::Chatwoot, outcome);
            assert!(!beside.is_empty() && !beside.contains("Over weeks."), "it stands above: {beside}");
        }
        let always = DeskConfig { notes: Notes::Always, answer_from: 0.0, ..DeskConfig::of(DeskKind::Slack) };
        let answered = noted(&decided_after(&before, &always, Outcome::Answered, true));
        assert_eq!(answered, "Ibid has answered this.", "nothing is handed over");
    }

    #[test]
    fn what_ibid_leaves_to_the_staff_of_chatwoot_is_given_to_them() {
        let at_night = |kind, notes| DeskConfig {
            answers: When::OutsideHours,
            hand_over_to: "team:4".into(),
            notes,
            ..DeskConfig::of(kind)
        };
        let by_day = decided(&at_night(DeskKind::Chatwoot, Notes::Never), Outcome::Answered, true);
        assert_eq!((by_day.steps, by_day.hands_over), (vec![Step::HandOver, Step::Assign], true));
        let noted = decided(&at_night(DeskKind::Chatwoot, Notes::WhenUnsure), Outcome::Answered, true).steps;
        assert!(matches!(noted.as_slice(), [Step::Note { .. }, Step::HandOver, Step::Assign]), "{noted:?}");
        let letter = decided(&at_night(DeskKind::Zammad, Notes::Never), Outcome::Answered, true);
        assert_eq!(letter, Decision { misses: 1, ..Decision::default() }, "people see every ticket");
    }

    #[test]
    fn a_person_is_waited_for_in_silence_only_where_it_is_told_that_one_came() {
        let of = |kind| decided(&DeskConfig::of(kind), Outcome::NotFound, true);
        let told = of(DeskKind::BotFramework);
        assert!(told.steps.contains(&Step::HandOver) && !told.hands_over);
        assert!(of(DeskKind::Chatwoot).hands_over && of(DeskKind::Slack).hands_over);
    }
}
