//! Questions that were asked in vain, where the operator has them kept: which are, and what of them.
//!
//! Every door comes here with its answers. Nothing here waits: an answer goes out whether or not the question behind it
//! can be kept.

use std::borrow::Cow;

use super::ServeError;
use super::app::Door;
use super::metrics::KeptCounts;
use crate::answer::{Answer, NotFoundReason, Outcome};
use crate::config::Config;
use crate::conversation::RedFlags;
use crate::protocol::{self, outcome_name};
use crate::store::{Heard, NearestSection, UnansweredQuestion, UnansweredReceipt, UnansweredStore};
use crate::text::language::{Language, other_than};

/// Keeps questions that were asked in vain.
pub(crate) struct Unanswered {
    store: UnansweredStore,
    counts: KeptCounts,
    keeps_low_confidence: bool,
    /// What a question is read as may hold words of an earlier message, which may have told of danger.
    red_flags: RedFlags,
    /// The documents' language, as the settings have it.
    language: Language,
}

/// A question whose answer may yet be found to be of no help.
#[derive(Debug)]
pub(crate) struct Judgeable {
    question: UnansweredQuestion,
    /// Its entry, where it is kept already.
    receipt: Option<UnansweredReceipt>,
}

impl Unanswered {
    /// Opens the file; none where nothing is to be kept.
    ///
    /// # Errors
    /// The key or the file cannot be had.
    pub(crate) fn open(config: &Config, counts: &KeptCounts) -> Result<Option<Self>, ServeError> {
        let settings = &config.unanswered;
        if !settings.is_kept() {
            return Ok(None);
        }
        let key = settings.key().map_err(ServeError::UnansweredKey)?;
        let heard = hearer(counts.clone());
        let store = UnansweredStore::open(&settings.path, &key, settings.limits(), heard)?;
        // Loading the settings has told what is wrong with the operator's additions.
        let red_flags = config.safety.red_flags().unwrap_or_else(|_| RedFlags::shipped());
        Ok(Some(Self {
            store,
            counts: counts.clone(),
            keeps_low_confidence: settings.low_confidence,
            red_flags,
            language: Language::of_tag(&config.texts.language).unwrap_or(Language::English),
        }))
    }

    /// Keeps `question`, as it was typed, where `answer` is none. Gives what is needed to keep it when its answer turns out
    /// to be of no help; none where it is never kept.
    pub(crate) fn note(&self, door: Door, question: &str, answer: &Answer) -> Option<Judgeable> {
        let is_in_vain = match answer.outcome {
            Outcome::NotFound => true,
            Outcome::LowConfidence => self.keeps_low_confidence,
            Outcome::Answered => false,
            Outcome::RedFlag | Outcome::SmallTalk | Outcome::Handoff => return None,
        };
        let may_be_judged = door == Door::Socket;
        if answer.reason == Some(NotFoundReason::Empty) || !(is_in_vain || may_be_judged) {
            return None;
        }
        let question = self.entry(door, question, answer);
        let receipt = is_in_vain.then(|| self.keep(question.clone())).flatten();
        Some(Judgeable { question, receipt })
    }

    /// Keeps a question whose answer was of no help.
    pub(crate) fn note_unhelpful(&self, judged: Judgeable) {
        let question = UnansweredQuestion { is_unhelpful: true, ..judged.question };
        match judged.receipt {
            Some(receipt) => {
                if self.store.replace(receipt, question).is_err() {
                    self.counts.dropped();
                }
            }
            None => drop(self.keep(question)),
        }
    }

    /// Has erased what is past its time; to be called now and then.
    pub(crate) fn sweep(&self) {
        self.store.sweep();
    }

    /// Waits until what is to be kept is written.
    pub(crate) async fn flush(&self) {
        self.store.flush().await;
    }

    fn keep(&self, question: UnansweredQuestion) -> Option<UnansweredReceipt> {
        let kept = self.store.keep(question).ok();
        if kept.is_none() {
            self.counts.dropped();
        }
        kept
    }

    fn entry(&self, door: Door, question: &str, answer: &Answer) -> UnansweredQuestion {
        let read = answer.read_as.as_deref().filter(|read| !self.tells_of_danger(read));
        UnansweredQuestion {
            question: read.unwrap_or(question).to_owned(),
            door: door.as_str().to_owned(),
            outcome: outcome_name(answer.outcome).to_owned(),
            reason: answer.reason.and_then(|_| protocol::Answer::from(answer).reason.map(Cow::into_owned)),
            language: other_than(self.language, question).map(|language| name(language).to_owned()),
            nearest: nearest(answer),
            is_unhelpful: false,
        }
    }

    fn tells_of_danger(&self, text: &str) -> bool {
        self.red_flags.detect(text).is_some() || self.red_flags.detect(&text.replace('\n', " ")).is_some()
    }
}

/// Counts what is written, and logs why something is not.
fn hearer(counts: KeptCounts) -> Heard {
    Box::new(move |questions, written| match written {
        Ok(()) => counts.kept(questions),
        Err(error) => {
            counts.failed(questions);
            tracing::error!(
                error = error as &dyn std::error::Error,
                questions,
                "unanswered questions are not kept"
            );
        }
    })
}

/// Where the first quote stands, or what comes nearest.
fn nearest(answer: &Answer) -> Option<NearestSection> {
    let quoted = answer.citations.first().map(|citation| {
        let reference = &citation.reference;
        (&reference.document, &reference.title, &reference.section)
    });
    let near = || answer.nearest.first().map(|place| (&place.document, &place.title, &place.section));
    let (document, title, section) = quoted.or_else(near)?;
    Some(NearestSection {
        document: document.as_str().to_owned(),
        title: title.clone(),
        section: section.clone(),
    })
}

/// The name of a language, or of a script where that is all that is told.
const fn name(language: Language) -> &'static str {
    match language {
        Language::English => "english",
        Language::German => "german",
        Language::Dutch => "dutch",
        Language::French => "french",
        Language::Spanish => "spanish",
        Language::Italian => "italian",
        Language::Portuguese => "portuguese",
        Language::Polish => "polish",
        Language::Turkish => "turkish",
        Language::Arabic => "arabic",
        Language::Cyrillic => "cyrillic",
        Language::Greek => "greek",
        Language::Hebrew => "hebrew",
        Language::Chinese => "chinese",
        Language::Japanese => "japanese",
        Language::Korean => "korean",
        Language::Devanagari => "devanagari",
        Language::Thai => "thai",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::UnansweredFile;

    /// What is kept of `answers` to questions.
    async fn kept(keeps_low_confidence: bool, answers: &[(&str, Answer)]) -> Vec<UnansweredQuestion> {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.unanswered.path = folder.path().join("unanswered.sqlite");
        config.unanswered.key_file = folder.path().join("key");
        config.unanswered.low_confidence = keeps_low_confidence;
        std::fs::write(&config.unanswered.key_file, "0f".repeat(32)).unwrap();
        let unanswered = Unanswered::open(&config, &KeptCounts::default()).unwrap().unwrap();
        for (question, answer) in answers {
            unanswered.note(Door::Http, question, answer);
        }
        unanswered.flush().await;
        let settings = &config.unanswered;
        let file = UnansweredFile::open(&settings.path, &settings.key().unwrap()).unwrap();
        let kept = file.questions_from(0).unwrap().questions;
        kept.into_iter().map(|dated| dated.question).collect()
    }

    fn answer(outcome: Outcome) -> Answer {
        Answer::bare(outcome, "")
    }

    #[tokio::test]
    async fn only_what_the_documents_do_not_answer_is_kept() {
        let outcomes = [
            Outcome::Answered,
            Outcome::LowConfidence,
            Outcome::NotFound,
            Outcome::RedFlag,
            Outcome::SmallTalk,
            Outcome::Handoff,
        ];
        let mut answers: Vec<_> = outcomes.into_iter().map(|outcome| ("why?", answer(outcome))).collect();
        answers.push(("", Answer { reason: Some(NotFoundReason::Empty), ..answer(Outcome::NotFound) }));
        let outcomes_of = |kept: Vec<UnansweredQuestion>| -> Vec<String> {
            kept.into_iter().map(|question| question.outcome).collect()
        };
        assert_eq!(outcomes_of(kept(true, &answers).await), ["low_confidence", "not_found"]);
        assert_eq!(outcomes_of(kept(false, &answers).await), ["not_found"]);
    }

    #[tokio::test]
    async fn words_that_told_of_danger_before_are_not_kept_with_what_follows() {
        let read = |read: &str| Answer { read_as: Some(read.into()), ..answer(Outcome::NotFound) };
        let answers = [
            ("and with a cast?", read("may I swim with a cast?")),
            ("and where is that?", read("and where is that? I want to end my life")),
        ];
        let questions: Vec<_> = kept(true, &answers).await.into_iter().map(|kept| kept.question).collect();
        assert_eq!(questions, ["may I swim with a cast?", "and where is that?"]);
    }
}
