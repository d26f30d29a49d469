//! Floors of quality: the shipped program over the checking halves of `tests/quality`. A change that makes the
//! answers worse fails here, with the figure. And that the confidence learns of names which no document has.

use std::path::Path;

use ibid::retrieve::Question;

use crate::corpus::Corpus;
use crate::program;

/// Runs `ibid eval` over `set` and asks for every one of `floors`.
#[track_caller]
fn holds(set: &str, corpus: &str, floors: &[&str]) {
    holds_with(&[], set, corpus, floors);
}

/// The same with `settings` of the environment.
#[track_caller]
fn holds_with(settings: &[(&str, &str)], set: &str, corpus: &str, floors: &[&str]) {
    let cache = tempfile::tempdir().unwrap();
    let mut command = program::command(Path::new("."));
    command.envs(settings.iter().copied());
    command.args(["eval", set, "--corpus", corpus, "--index"]).arg(cache.path());
    for floor in floors {
        command.args(["--require", floor]);
    }
    let output = command.output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{error}");
}

#[test]
fn the_page_is_answered() {
    let floors = [
        "hit@1>=0.80",
        "hit@3>=0.89",
        "auroc>=0.90",
        "kept>=0.79",
        "wrong_answers<=0.13",
        "last_turn>=0.91",
        "wrong_last_turn<=0.22",
        "red_flag_recall>=0.95",
        "false_alarms<=0.03",
        "false_alarms_elsewhere<=0.005",
        "small_talk>=0.84",
        "long_quotes<=0",
    ];
    holds("tests/quality/page/check", "corpus", &floors);
}

#[test]
fn leaflets_about_other_things_are_answered() {
    let floors = [
        "hit@1>=0.92",
        "hit@3>=0.95",
        "auroc>=0.93",
        "kept>=0.85",
        "wrong_answers<=0.16",
        "long_quotes<=0",
        "last_turn>=0.68",
        "wrong_last_turn<=0.40",
    ];
    holds("tests/quality/clinic/check", "tests/quality/clinic/corpus", &floors);
}

/// By words alone: to encode 863 articles takes minutes in a build for tests.
#[test]
fn letters_to_a_library_of_small_articles_find_theirs() {
    let floors = ["success@1>=0.62", "success@10>=0.93", "hit@1>=0.47", "auroc>=0.70", "long_quotes<=0"];
    let settings = [("IBID_ENCODER__ENABLED", "false")];
    holds_with(&settings, "tests/quality/encyclopedia/check", "tests/quality/encyclopedia/corpus", &floors);
}

#[test]
fn a_drug_that_no_document_names_is_an_unknown_name() {
    let corpus = Corpus::of(&[("warfarin.md", "# Warfarin\n\nWarfarin is safe with most food.\n")]);
    let engine = corpus.engine();
    let is_unknown =
        |text: &str| engine.explain(&Question::new(text, 500).unwrap()).unwrap().signals.name_unknown > 0.0;
    assert!(is_unknown("is octreotide safe?") && is_unknown("is morphine safe?"));
    assert!(!is_unknown("is warfarin safe?") && !is_unknown("is the walrus safe?"));
}
