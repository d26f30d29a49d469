//! Reading sets of questions.
//!
//! A set is a folder in one of two forms, or a plain list of questions; `docs/evaluation.md` shows both.
//! Whatever is wrong with a file is told with its line.

mod case;
mod graded;
mod lines;
mod page;

use std::path::{Path, PathBuf};

pub use case::{Case, Expected, GoldSpan, Part, fold};
pub(crate) use lines::for_each_line;

use super::EvalError;

/// What to read other than a set's usual files.
#[derive(Debug, Clone, Default)]
pub struct SetOptions {
    /// Questions instead of `queries.jsonl`.
    pub queries: Option<PathBuf>,
    /// Judgements instead of `qrels.tsv`.
    pub qrels: Option<PathBuf>,
    /// A set whose unanswerable questions are added.
    pub noanswer: Option<PathBuf>,
    /// At most this many questions of each part, chosen by hash.
    pub limit: Option<usize>,
    /// Which ones are chosen.
    pub seed: u64,
}

/// A set of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalSet {
    /// For reports: the folder's or file's name.
    pub name: String,
    /// Its own corpus: a JSON lines file, packed or not, or a folder of documents.
    pub corpus: Option<PathBuf>,
    /// The questions.
    pub cases: Vec<Case>,
}

impl EvalSet {
    /// Reads the set at `path`.
    ///
    /// # Errors
    /// It cannot be read, is of no known form, or a line of it is wrong.
    pub fn read(path: &Path, options: &SetOptions) -> Result<Self, EvalError> {
        let mut cases = read_cases(path, options)?;
        if let Some(other) = &options.noanswer {
            let known = cases.len();
            let plain = SetOptions::default();
            cases.extend(read_cases(other, &plain)?.into_iter().filter(|c| c.part == Part::Unanswerable));
            if cases.len() == known {
                let other = other.display();
                return Err(EvalError::Unusable(format!("{other} holds no unanswerable questions")));
            }
        }
        refuse_twins(&cases)?;
        if let Some(limit) = options.limit {
            cases = chosen(cases, limit, options.seed);
        }
        if cases.is_empty() {
            return Err(EvalError::Unusable(format!("{} holds no questions", path.display())));
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, corpus: own_corpus(path), cases })
    }

    /// Every single question of the set of which is known whether it is answered, asked after another one: what it is to
    /// change the subject. Which one it is asked after depends on `seed` and the ids only.
    #[must_use]
    pub fn changing_subject(&self, seed: u64) -> Self {
        let before: Vec<&Case> = self.cases.iter().filter(|case| case.part == Part::Answerable).collect();
        let is_single = |case: &&Case| {
            let by_gold = case.part == Part::Answerable && !case.expected.gold.is_empty();
            by_gold || case.part == Part::Unanswerable
        };
        let changing = self.cases.iter().filter(is_single).filter_map(|case| {
            let at =
                usize::try_from(super::random::hash(seed, &case.id) % before.len().max(1) as u64).ok()?;
            let others = before.iter().cycle().skip(at).take(before.len());
            let other = others.into_iter().find(|other| other.id != case.id)?;
            Some(Case {
                id: format!("{} after {}", case.id, other.id),
                part: Part::Conversation,
                history: vec![other.question.clone()],
                ..case.clone()
            })
        });
        Self { cases: changing.collect(), ..self.clone() }
    }

    /// The conversations of the set alone.
    #[must_use]
    pub fn conversations(&self) -> Self {
        let cases = self.cases.iter().filter(|case| case.part == Part::Conversation);
        Self { cases: cases.cloned().collect(), ..self.clone() }
    }

    /// Whether any question is of `part`.
    #[must_use]
    pub fn has(&self, part: Part) -> bool {
        self.cases.iter().any(|case| case.part == part)
    }
}

fn read_cases(path: &Path, options: &SetOptions) -> Result<Vec<Case>, EvalError> {
    if path.is_file() {
        return read_list(path);
    }
    if page::is_one(path) {
        return page::read(path);
    }
    if graded::is_one(path) || options.queries.is_some() {
        return graded::read(path, options.queries.as_deref(), options.qrels.as_deref());
    }
    if !path.exists() {
        return Err(EvalError::reading(path, std::io::ErrorKind::NotFound.into()));
    }
    let shown = path.display();
    Err(EvalError::Unusable(format!("{shown} holds no set: no queries.jsonl and no answerable.jsonl")))
}

/// A list of questions: one a line, or JSON lines with `question` or `text`.
fn read_list(path: &Path) -> Result<Vec<Case>, EvalError> {
    #[derive(serde::Deserialize)]
    struct Listed {
        #[serde(alias = "_id")]
        id: Option<String>,
        #[serde(alias = "text")]
        question: String,
    }
    let json = path.to_string_lossy().contains(".jsonl");
    let mut cases: Vec<Case> = Vec::new();
    for_each_line(path, &mut |line| {
        let next = (cases.len() + 1).to_string();
        let (id, question) = if json {
            let listed: Listed = serde_json::from_str(line).map_err(|error| error.to_string())?;
            (listed.id.unwrap_or(next), listed.question)
        } else {
            (next, line.trim().to_owned())
        };
        cases.push(Case::new(Part::Plain, id, question));
        Ok(())
    })?;
    Ok(cases)
}

fn own_corpus(path: &Path) -> Option<PathBuf> {
    let packed = ["corpus.jsonl.gz", "corpus.jsonl"].iter().map(|file| path.join(file));
    let packed = packed.into_iter().find(|file| file.is_file());
    packed.or_else(|| Some(path.join("corpus")).filter(|folder| folder.is_dir()))
}

fn refuse_twins(cases: &[Case]) -> Result<(), EvalError> {
    let mut seen = std::collections::BTreeSet::new();
    match cases.iter().find(|case| !seen.insert((case.part, case.id.as_str()))) {
        Some(twin) => {
            let (id, part) = (&twin.id, twin.part.name());
            Err(EvalError::Unusable(format!("two {part} questions have the id `{id}`")))
        }
        None => Ok(()),
    }
}

/// At most `limit` questions of each part in their old order; which, depends on `seed` and their ids only.
fn chosen(cases: Vec<Case>, limit: usize, seed: u64) -> Vec<Case> {
    let mut order: Vec<(Part, u64, usize)> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| (case.part, super::random::hash(seed, &case.id), at))
        .collect();
    order.sort_unstable();
    let mut taken = 0;
    let mut part = None;
    let mut kept: Vec<usize> = Vec::new();
    for (of, _, at) in order {
        if part != Some(of) {
            part = Some(of);
            taken = 0;
        }
        if taken < limit {
            kept.push(at);
            taken += 1;
        }
    }
    kept.sort_unstable();
    let keep = |at: &usize| kept.binary_search(at).is_ok();
    cases.into_iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, case)| case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changes_the_subject_asks_each_single_question_after_another() {
        let answerable = |id: &str| {
            let mut case = Case::new(Part::Answerable, id.to_owned(), format!("question {id}"));
            case.expected.gold = vec!["gold".to_owned()];
            case
        };
        let unanswerable = Case::new(Part::Unanswerable, "u".to_owned(), "question u".to_owned());
        let talk = Case::new(Part::SmallTalk, "s".to_owned(), "hello".to_owned());
        let cases = vec![answerable("a"), answerable("b"), unanswerable, talk];
        let changing = EvalSet { name: "set".to_owned(), corpus: None, cases }.changing_subject(1);
        assert_eq!(changing, changing.conversations());
        let asked: Vec<&str> = changing.cases.iter().map(|case| case.question.as_str()).collect();
        assert_eq!(asked, ["question a", "question b", "question u"]);
        assert_eq!(changing.cases[0].history, ["question b"]);
        assert_eq!(changing.cases[1].history, ["question a"]);
        assert!(changing.cases[2].expected.gold.is_empty() && changing.cases[2].history.len() == 1);
    }
}
