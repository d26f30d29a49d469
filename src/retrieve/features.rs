//! The figures that a score and a confidence are made of.

use serde::Serialize;

/// Declares a struct of figures whose names are known.
macro_rules! figures {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
        pub struct $name {
            $($(#[$doc])* pub $field: f32,)*
        }

        impl $name {
            /// The names of the figures, in the order of [`Self::values`].
            pub const NAMES: &'static [&'static str] = &[$(stringify!($field),)*];

            /// The figures, in the order of [`Self::NAMES`].
            #[must_use]
            pub fn values(&self) -> [f32; Self::NAMES.len()] {
                [$(self.$field,)*]
            }

            /// Every figure with its name, always in the same order.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, f32)> {
                Self::NAMES.iter().copied().zip(self.values()).collect()
            }
        }
    };
}

figures! {
    /// What is known of a passage for a question; each from 0 to 1 unless it says otherwise.
    Features {
        /// Weighted BM25 over the fields, as a share of the best candidate's.
        lexical,
        /// Reciprocal of the rank by BM25 alone; 0 where no word matches.
        lexical_rank,
        /// Share of the question that the passage or its surroundings hold.
        coverage,
        /// Share of the question that the passage's own text holds.
        text_coverage,
        /// Share of the question that the best of its sentences holds.
        sentence_coverage,
        /// Share of the question that its headings hold.
        heading_coverage,
        /// Share of the question that its lead-in or the question above it holds.
        context_coverage,
        /// Share of the document's title, its words counted by their rarity in titles, that the message names, in the question
        /// or in its background.
        titled,
        /// Share of what is wanted of the subject ("the cost of ...") that the passage or its surroundings hold;
        /// 1 where the question does not say.
        aspect,
        /// Share of neighbouring word pairs found side by side.
        phrase,
        /// Share of neighbouring word pairs found near each other.
        proximity,
        /// How strongly the shape of the passage says that it is an answer of the wanted kind.
        kind,
        /// How strongly it says that it is none.
        kind_missing,
        /// As `kind`, but of the sentence alone that holds most of the question.
        sentence_kind,
        /// As `kind_missing`, but of that sentence alone.
        sentence_kind_missing,
        /// 1 where the passage is a heading, a byline or a few words of a list, and not a sentence.
        fragment,
        /// 1 where the question says "not" or the like and the sentence that holds most of it does not.
        negated,
        /// 1 where several things are wanted and the passage leads in a list.
        leads_list,
        /// 1 where several things are wanted and the passage is an item of a list.
        list_item,
        /// 1 where the passage is itself a question, as in a list of questions to ask, and none was wanted.
        poses,
        /// Who asks whom: 1 where question and passage agree, -1 where they do not, 0 where either does not say.
        roles,
        /// 1 where a definition is wanted and the passage has the word and what it stands for side by side.
        defines,
        /// How alike the question and the question that the document or passage answers are, by words.
        posed,
        /// The same as the cosine between the two, -1 to 1; 0 where none is posed.
        posed_similarity,
        /// Cosine between question and passage, -1 to 1.
        body_similarity,
        /// Cosine between question and headings, -1 to 1.
        heading_similarity,
        /// Cosine between question and the nearest sentence, -1 to 1.
        sentence_similarity,
        /// Reciprocal of the rank by cosine alone; 0 where it is not among the nearest.
        dense_rank,
        /// How well its quote answers by the judge, -1 to 1; -1 too where others were judged and it was not.
        judged,
    }
}

impl Features {
    /// The figures that may speak against a passage; the others only for it.
    pub const AGAINST: &'static [&'static str] =
        &["kind_missing", "sentence_kind_missing", "fragment", "negated", "poses", "list_item"];
}

figures! {
    /// What is known of a question and the passage ranked first; each from 0 to 1 unless it says otherwise.
    Signals {
        /// As in [`Features`], of the passage ranked first.
        coverage,
        /// As in [`Features`].
        text_coverage,
        /// As in [`Features`].
        sentence_coverage,
        /// As in [`Features`].
        heading_coverage,
        /// As in [`Features`].
        aspect,
        /// As in [`Features`].
        proximity,
        /// As in [`Features`].
        kind,
        /// As in [`Features`].
        kind_missing,
        /// As in [`Features`].
        sentence_kind,
        /// As in [`Features`].
        sentence_kind_missing,
        /// As in [`Features`].
        fragment,
        /// As in [`Features`].
        roles,
        /// As in [`Features`].
        defines,
        /// As in [`Features`].
        posed,
        /// BM25 of the passage for each unit of the question's weight; not bounded, seldom above 5.
        lexical_strength,
        /// Share of the question's weight that any passage of the collection can fill.
        known,
        /// The heaviest content word that neither passage nor surroundings hold, as a share of the heaviest of all.
        missing,
        /// How many content words no passage of the collection holds: a third for each, at most 1.
        unknown_words,
        /// Names in the question, written with a capital, that neither passage nor surroundings hold: half for each,
        /// at most 1.
        names_missing,
        /// 1 where the question names a drug or disease that no passage holds.
        name_unknown,
        /// As in [`Features`].
        negated,
        /// How far the nearest sentence is above the mean of the ten passages that follow, by cosine.
        contrast,
        /// 1 where what is wanted of the subject is known to no passage.
        aspect_unknown,
        /// As in [`Features`].
        body_similarity,
        /// As in [`Features`].
        heading_similarity,
        /// As in [`Features`].
        sentence_similarity,
        /// Product of coverage and similarity of the nearest sentence.
        agreement,
        /// 1 where it is first by words and by cosine alike.
        both_first,
        /// How far the score is above that of the best passage of another section, in fifths, -1 to 1.
        margin,
        /// Reciprocal of the number of things said, counting content words alone.
        brevity,
        /// As in [`Features`].
        judged,
        /// The highest `judged` of any passage.
        judged_most,
        /// The square of `judged` where that is below 0: how surely the judge says no.
        judged_against,
        /// Product of `judged` and `contrast`.
        judged_contrast,
    }
}

impl Signals {
    /// What can only speak against an answer.
    const AGAINST: &'static [&'static str] = &[
        "aspect_unknown",
        "fragment",
        "judged_against",
        "kind_missing",
        "missing",
        "name_unknown",
        "names_missing",
        "negated",
        "sentence_kind_missing",
        "unknown_words",
    ];
    /// What may speak for or against one, as others of these say in part what it says.
    const EITHER: &'static [&'static str] = &[
        "agreement",
        "aspect",
        "both_first",
        "brevity",
        "contrast",
        "heading_coverage",
        "lexical_strength",
        "margin",
        "sentence_coverage",
        "text_coverage",
    ];

    /// The sign that the weight of the signal called `name` may have.
    #[must_use]
    pub fn sign(name: &str) -> Sign {
        if Self::AGAINST.contains(&name) {
            Sign::Negative
        } else if Self::EITHER.contains(&name) {
            Sign::Either
        } else {
            Sign::Positive
        }
    }
}

/// Which side of 0 a weight may be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// 0 or above.
    Positive,
    /// 0 or below.
    Negative,
    /// Both.
    Either,
}

impl Sign {
    /// Whether `weight` has this sign.
    #[must_use]
    pub fn allows(self, weight: f32) -> bool {
        match self {
            Self::Positive => weight >= 0.0,
            Self::Negative => weight <= 0.0,
            Self::Either => true,
        }
    }
}

figures! {
    /// What is known of a quote for a question that may lean on what was said before; each from 0 to 1 unless it says
    /// otherwise. A question is looked up in several ways. The log odds of the confidence in a quote lie between -7
    /// and 7, and are at the bottom where it was not found in this way. A quote found most surely for the question before,
    /// carried to a subject that its title or headings name, has the figures of one that opens a conversation.
    FollowUp {
        /// The highest of its log odds.
        log_odds,
        /// Its log odds for the question as typed.
        typed,
        /// The same within the document spoken of; as `typed` where that is not known.
        typed_within,
        /// Its log odds for the question with what its words lean on.
        read,
        /// Its log odds for the question with the one before behind it.
        before,
        /// The same within the document spoken of; as `before` where that is not known.
        before_within,
        /// `typed` where the question can stand by itself, else 0.
        typed_alone,
        /// `typed` where the question says all of its subject, or is a bare noun that the title or headings name, else 0.
        typed_whole,
        /// Share of the words that were put in, or of the question before, that the quote or what stands above it says; 1
        /// where the question can stand by itself.
        about,
        /// The share of the headings above the quote that do not stand above what was quoted last; half where nothing was,
        /// or its document has few passages, or no more than the document is known.
        other_section,
        /// `other_section` where the question can stand by itself, else 0.
        section_alone,
        /// 1 where it is not of the document of what was quoted last; half as with `other_section`.
        other_document,
        /// `other_document` where the question can stand by itself, else 0.
        other_alone,
        /// `other_document` where the same holds and the title or a heading above the quote says a word of the question, or
        /// no document is spoken of; else 0.
        other_whole,
        /// 1 where it was quoted last.
        repeated,
    }
}

impl FollowUp {
    /// The figures that say something of the confidence and nothing of the order.
    pub const UNORDERED: &'static [&'static str] = &["repeated"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_in_step() {
        let features = Features { kind: 1.0, dense_rank: 0.5, ..Features::default() };
        let named = features.named();
        assert!(named.contains(&("kind", 1.0)) && named.contains(&("dense_rank", 0.5)));
        assert_eq!(named.iter().map(|(_, value)| value).sum::<f32>(), 1.5);
        assert!(Features::AGAINST.iter().all(|name| Features::NAMES.contains(name)));
        let signed = Signals::AGAINST.iter().chain(Signals::EITHER);
        assert!(signed.clone().all(|name| Signals::NAMES.contains(name)));
        assert_eq!(crate::text::repeated(signed.copied()), [""; 0]);
        assert!(FollowUp::UNORDERED.iter().all(|name| FollowUp::NAMES.contains(name)));
    }
}
