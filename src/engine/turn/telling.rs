//! A message that tells of an illness or a treatment and asks nothing: what the documents say on that.

use super::super::AskError;
use super::Turn;
use crate::answer::{Answer, Outcome};
use crate::conversation::Acts;
use crate::conversation::follow_up::subject_told;
use crate::retrieve::Question;
use crate::text::lexicon::Lexicon;
use crate::text::token::Analyzer;

impl Turn<'_> {
    /// What the documents say on the subject of a message that tells of it; `None` where it tells of none or of a drug, or is
    /// answered as well as typed.
    pub(super) fn told(&self, acts: &Acts) -> Result<Option<Answer>, AskError> {
        let subject = acts.told(self.question.text()).and_then(subject_told);
        // What documents say of a drug first may be when to stop it, which is no answer to having been given it.
        let is_taken = |subject: &String| is_taken(&self.finder.analyzer, &self.finder.lexicon, subject);
        let Some(subject) = subject.filter(|subject| !is_taken(subject)) else { return Ok(None) };
        let find = |question: &Question| self.engine.documents_answer(self.finder, question);
        let open = find(&self.reworded(&subject))?;
        let is_better = match open.outcome {
            Outcome::Answered => true,
            Outcome::LowConfidence => find(self.question)?.outcome == Outcome::NotFound,
            _ => false,
        };
        let took = self.begun.elapsed();
        Ok(is_better.then(|| Answer { read_as: Some(subject), took, ..Answer::clone(&open) }))
    }
}

/// Whether `subject` is a drug, which is taken; chemotherapy is had, though the lexicon counts it among the drugs, too.
fn is_taken(analyzer: &Analyzer, lexicon: &Lexicon, subject: &str) -> bool {
    let tokens = analyzer.tokens(subject);
    !lexicon.drugs(&tokens).is_empty() && lexicon.therapies(&tokens).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drug_is_taken_and_a_therapy_is_had() {
        let analyzer = Analyzer::english();
        let lexicon = Lexicon::shipped(&analyzer);
        let is_taken = |subject: &str| is_taken(&analyzer, &lexicon, subject);
        for drug in ["clopidogrel", "water tablets", "ACE inhibitor", "cisplatin"] {
            assert!(is_taken(drug), "{drug}");
        }
        for therapy in
            ["chemo", "Cisplatin chemotherapy", "hormone therapy", "iron infusion", "MRI of my head"]
        {
            assert!(!is_taken(therapy), "{therapy}");
        }
    }
}
