//! What can be wrong in a lexicon file. Every message names the file, the line and the remedy.

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No sign between two sides.
    #[error("there is no `=`, `>` or `~` between spaces; write `lay term = clinical term`")]
    NoRelation,
    /// A sign that means nothing.
    #[error("`{sign}` is no relation; use `=` (the same), `>` (a kind of) or `~` (related)")]
    UnknownRelation {
        /// The sign as written.
        sign: String,
    },
    /// More than one sign.
    #[error("there are two signs; write one relation a line")]
    TwoRelations,
    /// Nothing stands on one side, or between two commas.
    #[error("a term is missing; write at least one on each side, and one between two commas")]
    EmptyTerm,
    /// A term of too many words.
    #[error("`{term}` has more than {limit} words; shorten it, or leave words out with `..`")]
    TooLong {
        /// The term as written.
        term: String,
        /// The most words of a term.
        limit: usize,
    },
    /// `..` at the beginning or the end, or twice in a row.
    #[error("`{term}` has a `..` that stands between no two words; put words around it")]
    LooseGap {
        /// The term as written.
        term: String,
    },
    /// A single word such as "all" or "it", which would be found in every question.
    #[error("`{term}` is too common a word to stand alone; add a word to it")]
    TooCommon {
        /// The term as written.
        term: String,
    },
    /// An abbreviation with the stem of an everyday word, such as "TENS", which "ten days" would be as well.
    #[error(
        "`{term}` is an everyday word or an inflection of one; add a word to it, \
         or write `{term}!` if patients mean nothing else by it"
    )]
    Everyday {
        /// The term as written.
        term: String,
    },
    /// The same term twice, inflections counted as the same.
    #[error("`{term}` stands for itself; remove it from one side (inflections are known anyway)")]
    Itself {
        /// The term as written.
        term: String,
    },
    /// A pair of terms that an earlier line has.
    #[error("`{from}` and `{to}` stand together in line {earlier} already; remove one of the two")]
    Duplicate {
        /// The left term.
        from: String,
        /// The right term.
        to: String,
        /// The earlier line, from 1.
        earlier: usize,
    },
}

/// A fault and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {fault}")]
pub struct LexiconProblem {
    /// Name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub fault: Fault,
}

/// Everything that is wrong with the lexicon files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the lexicon has {} problem(s): {}", problems.len(), join(problems))]
pub struct LexiconErrors {
    /// Never empty; in the order of files and lines.
    pub problems: Vec<LexiconProblem>,
}

fn join(problems: &[LexiconProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
