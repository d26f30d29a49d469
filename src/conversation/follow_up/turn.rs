//! An earlier message with the question that it asked in full.

use super::carry::Named;
use super::lean::{self, Lean};
use super::words::Words;
use super::{Exchange, own, said};
use crate::text::brackets::last_brackets;

/// An earlier message.
#[derive(Debug)]
pub(super) struct Turn<'h> {
    pub(super) exchange: &'h Exchange,
    /// The question before it, asked of what it names.
    pub(super) carried: Option<String>,
}

impl<'h> Turn<'h> {
    /// The turns of `recent`, oldest first, without small talk that was read as nothing else.
    pub(super) fn all(recent: &'h [Exchange]) -> Vec<Self> {
        let mut turns: Vec<Self> = Vec::with_capacity(recent.len());
        let is_talk = |exchange: &&Exchange| exchange.read_as.is_none() && said::is_talk(&exchange.question);
        for exchange in recent.iter().filter(|exchange| !is_talk(exchange)) {
            let words = Words::of(&exchange.question);
            let carried = carried(&turns, &exchange.question, &words, lean::of(&words));
            turns.push(Self { exchange, carried });
        }
        turns
    }

    /// The question as read, without a subject in brackets.
    pub(super) fn earlier(&self) -> &str {
        if let Some(carried) = &self.carried {
            return carried;
        }
        let earlier = self.exchange.read_as.as_deref().unwrap_or(&self.exchange.question);
        match last_brackets(earlier) {
            Some((before, _)) if !before.trim().is_empty() => before.trim_end(),
            _ => earlier,
        }
    }
}

/// The last question of `turns` that can stand by itself; failing that, the last.
fn last_whole<'t>(turns: &'t [Turn<'_>]) -> Option<&'t str> {
    let is_whole = |text: &&str| {
        let words = Words::of(text);
        own::names_any(&words) && lean::of(&words) == Lean::None
    };
    let whole = turns.iter().rev().map(Turn::earlier).find(is_whole);
    whole.or_else(|| turns.last().map(Turn::earlier))
}

/// The last of `turns` that says something; failing that, the last.
pub(super) fn last_said<'t, 'h>(turns: &'t [Turn<'h>]) -> Option<&'t Turn<'h>> {
    let said = turns.iter().rev().find(|turn| !said::is_bare(&Words::of(turn.earlier())));
    said.or_else(|| turns.last())
}

/// The question that `question`, which leans by `lean`, takes up after `turns`.
pub(super) fn taken_up<'t>(turns: &'t [Turn<'_>], lean: Lean) -> Option<&'t str> {
    if lean == Lean::Repair { last_whole(turns) } else { last_said(turns).map(Turn::earlier) }
}

/// The question before `question`, asked of what that names, where it names another subject and nothing else: it can
/// stand by itself.
pub(super) fn carried(turns: &[Turn<'_>], question: &str, words: &Words, lean: Lean) -> Option<String> {
    if !matches!(lean, Lean::Open | Lean::Repair) {
        return None;
    }
    let named = Named::of(question, words).filter(Named::names_subject)?;
    let mut asked = named.asked_as(taken_up(turns, lean)?).into_iter();
    let turned = asked.find(|asked| asked.is_turned)?.text;
    (lean::of(&Words::of(&turned)) == Lean::None).then_some(turned)
}
