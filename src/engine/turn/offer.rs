//! An offer that was taken up: the section of that name, in the document that offered it.

use super::super::AskError;
use super::{MOST_QUOTED, Turn};
use crate::answer::{Answer, Citation, Outcome, requoted};
use crate::conversation::Exchange;
use crate::document::DocumentId;
use crate::text::brackets::in_brackets;

impl Turn<'_> {
    /// What the section says that `offer` names, where the document quoted last offered it; `None` where nothing did, or
    /// nothing of that section is found.
    pub(super) fn pressed(&self, offer: &str) -> Result<Option<Answer>, AskError> {
        let offering = offering(self.history, offer).and_then(|offering| offering.document.as_ref());
        let is_open = |document: &&DocumentId| self.question.document().is_none_or(|only| only == *document);
        let Some(document) = offering.filter(is_open) else { return Ok(None) };
        let asked = self.reworded(offer).with_limit(MOST_QUOTED).within(document.clone());
        let (found, _) = self.engine.documented(self.finder, &asked)?;
        let considered = found.considered.iter().cloned();
        let (own, others): (Vec<_>, Vec<_>) = considered.partition(|one| is_of_section(one, offer));
        let Some(title) = own.first().map(|first| first.reference.title.clone()) else { return Ok(None) };
        let citations = own.into_iter().chain(others).collect();
        let (config, limit) = (&self.engine.config().answer, self.question.limit());
        let answer = Answer::clone(&found.answer);
        let mut answer = requoted(answer, citations, &found.related, config, self.finder, offer, limit);
        if answer.outcome == Outcome::NotFound {
            return Ok(None);
        }
        self.engine.tell(&mut answer);
        Ok(Some(Answer { read_as: Some(in_brackets(offer, &title)), took: self.begun.elapsed(), ..answer }))
    }
}

/// The latest answer that offered anything, if `text` is one of its offers.
pub(super) fn offering<'h>(history: &'h [Exchange], text: &str) -> Option<&'h Exchange> {
    let latest = history.iter().rev().find(|exchange| !exchange.offered.is_empty())?;
    latest.offered.iter().any(|offer| offer == text).then_some(latest)
}

/// Whether `citation` stands under a heading that is `offer`, or begins with it as its question.
fn is_of_section(citation: &Citation, offer: &str) -> bool {
    let offer = plain(offer);
    let begins = |text: &str| plain(text).starts_with(&offer);
    citation.reference.section.iter().any(|heading| plain(heading) == offer)
        || citation.lead_in.as_deref().is_some_and(begins)
        || begins(&citation.quote)
}

/// The words of `text` in small letters, without marks, a blank behind each.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase() + " ").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_is_told_by_the_latest_offers() {
        let offers = |offer: &str| Exchange { offered: vec![offer.to_owned()], ..Exchange::default() };
        let history = [offers("Old"), offers("At home"), Exchange::default()];
        assert_eq!(offering(&history, "At home"), history.get(1));
        assert_eq!(offering(&history, "at home, then?"), None);
        assert_eq!(offering(&history, "Old"), None);
    }
}
