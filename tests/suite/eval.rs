//! `ibid eval`: figures of small invented sets, worked out by hand; what is wrong with a set, told with its line.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::program;

const LEAFLET: &str = "\
# Zircon therapy

## How long it takes

Zircon therapy takes three to five weeks to work.

## What to bring

Please bring a warm coat to the first visit.

## Diet

Do not eat walnuts during the treatment.
";

const ANSWERABLE: &str = r#"{"id": "a1", "question": "How long does zircon therapy take to work?", "gold": ["Three to FIVE weeks"]}
{"id": "a2", "question": "May I eat walnuts during the treatment?", "gold": ["not eat walnuts"]}
{"id": "a3", "question": "What should I bring to the first visit?", "gold": ["an umbrella that nobody mentions"]}
"#;

const UNANSWERABLE: &str = "{\"id\": \"u1\", \"question\": \"zygomorphic quixotry\"}\n";

const CONVERSATIONS: &str = r#"{"id": "c1", "turns": [{"question": "What is zircon therapy?"}, {"question": "May I eat walnuts?", "gold": ["walnuts"]}]}
{"id": "c2", "turns": [{"question": "What is zircon therapy?"}, {"question": "zygomorphic quixotry of it?"}]}
{"id": "c3", "turns": [{"question": "Hello"}, {"question": "What should I bring to the first visit?"}]}
"#;

/// A folder for sets, corpora and indexes.
struct Place(TempDir);

impl Place {
    /// A page set and its corpus.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("corpus/zircon.md", LEAFLET);
        place.write("set/answerable.jsonl", ANSWERABLE);
        place.write("set/unanswerable.jsonl", UNANSWERABLE);
        place.write("set/conversations.jsonl", CONVERSATIONS);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program::command(self.0.path());
        command.env("IBID_ENCODER__ENABLED", "false");
        command.arg("eval").args(arguments).args(["--index", "cache"]).output().unwrap()
    }

    /// What it prints; it must end with `code`.
    #[track_caller]
    fn printed(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of; it must fail.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.path(name)).unwrap()).unwrap()
    }
}

fn figure(run: &Value, name: &str) -> f64 {
    let figures = run["figures"].as_array().unwrap();
    let found = figures.iter().find(|figure| figure["name"] == name);
    found.unwrap_or_else(|| panic!("no figure {name} in {figures:?}"))["value"].as_f64().unwrap()
}

#[test]
fn the_figures_of_a_page_set_are_those_worked_out_by_hand() {
    let place = Place::new();
    let table = place.printed(&["set", "--corpus", "corpus", "--json", "run.json"], 0);
    assert!(table.contains("hit@1") && table.contains("set: 7 questions"), "{table}");
    let run = place.json("run.json");
    assert!((figure(&run, "hit@1") - 2.0 / 3.0).abs() < 1e-9);
    assert!((figure(&run, "shown_hit@1") - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(figure(&run, "wrong_shown"), 0.0);
    assert_eq!(figure(&run, "auroc"), 1.0);
    assert_eq!(figure(&run, "last_turn"), 1.0);
    assert_eq!(figure(&run, "last_turn_kept"), 1.0);
    assert_eq!(figure(&run, "wrong_last_turn"), 0.5);
    let first = &run["observations"][0];
    assert_eq!((&first["id"], &first["right"]), (&"a1".into(), &true.into()));
    assert!(first["given"]["quotes"][0]["text"].as_str().unwrap().contains("three to five weeks"));
}

#[test]
fn a_missed_floor_is_told_and_ends_with_1() {
    let place = Place::new();
    let with = |floor: &str| place.run(&["set", "--corpus", "corpus", "--require", floor]);
    assert_eq!(with("hit@1>=0.6").status.code(), Some(0));
    assert_eq!(with("wrong_shown<=0").status.code(), Some(0));
    let missed = with("hit@1>=0.9");
    assert_eq!(missed.status.code(), Some(1));
    assert!(String::from_utf8(missed.stderr).unwrap().contains("missed: hit@1>=0.9, it is 0.6667"));
    assert_eq!(with("hit@9>=0.9").status.code(), Some(2));
    assert_eq!(with("hit@1").status.code(), Some(2));
}

/// A set of three documents in a packed file.
fn graded(place: &Place) {
    use std::io::Write;
    let corpus = r#"{"_id": "d1", "title": "Kettles", "text": "A kettle boils water for tea."}
{"_id": "d2", "title": "Bicycles", "text": "A bicycle has two wheels and a bell."}
{"_id": "d3", "title": "Umbrellas", "text": "An umbrella keeps the rain off your hat."}
"#;
    place.write("graded/queries.jsonl", "{\"_id\": \"q1\", \"text\": \"what boils water in a kettle\"}\n{\"_id\": \"q2\", \"text\": \"what has two wheels and a bell\"}\n");
    place.write("graded/qrels.tsv", "query-id\tcorpus-id\tgrade\nq1\td1\t3\nq2\td3\t1\nq2\td2\t0\n");
    let file = std::fs::File::create(place.path("graded/corpus.jsonl.gz")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    packed.write_all(corpus.as_bytes()).unwrap();
    packed.finish().unwrap();
}

#[test]
fn the_figures_of_a_graded_set_are_those_worked_out_by_hand() {
    let place = Place::new();
    graded(&place);
    place.printed(&["graded", "--json", "run.json", "--run", "run.trec"], 0);
    let run = place.json("run.json");
    assert_eq!(figure(&run, "success@1"), 0.5);
    assert_eq!(figure(&run, "grade@1"), 1.5);
    assert_eq!(figure(&run, "quoted_document@1"), 0.5);
    let trec = std::fs::read_to_string(place.path("run.trec")).unwrap();
    assert!(trec.starts_with("q1 Q0 d1 1 "), "{trec}");
    // TREC's own form of judgements gives the same.
    place.write("qrels.txt", "q1 0 d1 3\nq2 0 d3 1\n");
    place.printed(&["graded", "--qrels", "qrels.txt", "--json", "again.json"], 0);
    assert_eq!(figure(&place.json("again.json"), "success@1"), 0.5);
}

#[test]
fn a_second_run_uses_the_index_of_the_first_and_gives_the_same_bytes() {
    let place = Place::new();
    graded(&place);
    let first = place.printed(&["graded"], 0);
    let built = generations(&place.path("cache"));
    assert_eq!(built.len(), 1);
    assert_eq!(place.printed(&["graded", "--threads", "1"], 0), first);
    assert_eq!(generations(&place.path("cache")), built);
    assert!(place.printed(&["graded", "--bm25"], 0).contains("BM25 over whole documents"));
}

/// The files that name the generation served, with what they hold.
fn generations(cache: &Path) -> Vec<(PathBuf, std::time::SystemTime)> {
    let files = walkdir::WalkDir::new(cache).into_iter().map(Result::unwrap);
    let manifests = files.filter(|file| file.file_name().to_string_lossy().contains("manifest"));
    manifests.map(|file| (file.path().to_owned(), file.metadata().unwrap().modified().unwrap())).collect()
}

#[test]
fn a_bad_line_is_told_with_its_file_and_number() {
    let place = Place::new();
    place.write(
        "bad/answerable.jsonl",
        "{\"id\": \"a\", \"question\": \"?\", \"gold\": [\"x\"]}\n{\"id\": 7}\n",
    );
    let told = place.refused(&["bad", "--corpus", "corpus"]);
    assert!(told.contains("bad/answerable.jsonl:2: "), "{told}");
    place.write("bad/answerable.jsonl", "{\"id\": \"a\", \"question\": \"?\"}\n");
    let told = place.refused(&["bad", "--corpus", "corpus"]);
    assert!(told.contains("answerable.jsonl:1: ") && told.contains("`gold`"), "{told}");
    graded(&place);
    place.write("qrels.tsv", "query-id\tcorpus-id\tgrade\nq1\td1\thigh\n");
    let told = place.refused(&["graded", "--qrels", "qrels.tsv"]);
    assert!(told.contains("qrels.tsv:2: `high` is not a whole number"), "{told}");
    assert!(place.refused(&["set"]).contains("--corpus"));
    assert!(place.refused(&["corpus"]).contains("holds no set"));
}

#[test]
fn a_plain_list_of_questions_is_answered_a_line_each() {
    let place = Place::new();
    place.write("questions.txt", "May I eat walnuts during the treatment?\n\nzygomorphic quixotry\n");
    let told = place.printed(&["questions.txt", "--corpus", "corpus"], 0);
    assert!(told.contains("Do not eat walnuts") && told.contains("not_found"), "{told}");
}

#[test]
fn a_run_is_held_against_an_earlier_one() {
    let place = Place::new();
    place.printed(&["set", "--corpus", "corpus", "--json", "before.json"], 0);
    let mut before = place.json("before.json");
    before["observations"][0]["right"] = false.into();
    before["observations"][0]["measures"]["hit@1"] = 0.0.into();
    std::fs::write(place.path("before.json"), before.to_string()).unwrap();
    let told = place.printed(&["set", "--corpus", "corpus", "--compare", "before.json"], 0);
    assert!(told.contains("won: 1\n  a1 How long") && told.contains("lost: 0"), "{told}");
    place.write("nonsense.json", "{}");
    assert!(place.refused(&["set", "--corpus", "corpus", "--compare", "nonsense.json"]).contains("no run"));
}

#[test]
fn features_explanations_and_pictures_are_written() {
    let place = Place::new();
    let arguments = ["set", "--corpus", "corpus", "--features", "features.jsonl", "--svg", "pictures"];
    place.printed(&arguments, 0);
    let text = std::fs::read_to_string(place.path("features.jsonl")).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&first["id"], &first["answerable"]), (&"a1".into(), &true.into()));
    let grades: Vec<u64> =
        first["candidates"].as_array().unwrap().iter().map(|one| one["grade"].as_u64().unwrap()).collect();
    assert_eq!(grades.iter().sum::<u64>(), 1, "{first:#}");
    assert!(first["candidates"][0]["features"].as_object().unwrap().len() > 3);
    assert!(!first["signals"].as_object().unwrap().is_empty());
    assert!(place.path("pictures/set-risk-coverage.svg").is_file());
    assert!(place.path("pictures/set-reliability.svg").is_file());
    let told = place.printed(&["set", "--corpus", "corpus", "--explain", "a2"], 0);
    assert!(told.contains("walnuts") && told.contains("signals") && told.contains("RIGHT"), "{told}");
}

#[test]
fn what_answers_half_of_the_questions_can_be_hidden() {
    let place = Place::new();
    let (mut corpus, mut queries, mut qrels) = (String::new(), String::new(), String::new());
    for word in ["apple", "badger", "candle", "dragon", "engine", "feather", "garden", "hammer"] {
        corpus.push_str(&format!(
            "{{\"_id\": \"{word}\", \"title\": \"\", \"text\": \"The {word} is here.\"}}\n"
        ));
        queries.push_str(&format!("{{\"_id\": \"q-{word}\", \"text\": \"where is the {word}\"}}\n"));
        qrels.push_str(&format!("q-{word} 0 {word} 1\n"));
    }
    place.write("words/corpus.jsonl", &corpus);
    place.write("words/queries.jsonl", &queries);
    place.write("words/qrels.tsv", &qrels);
    place.printed(&["words", "--hide-half", "--json", "run.json"], 0);
    let run = place.json("run.json");
    assert_eq!(run["observations"].as_array().unwrap().len(), 8);
    assert_eq!(figure(&run, "success@1"), 1.0);
    assert_eq!((figure(&run, "auroc"), figure(&run, "wrong_shown")), (1.0, 0.0));
    assert!(place.refused(&["set", "--corpus", "corpus", "--hide-half"]).contains("does not say which"));
}

#[test]
fn weights_are_fitted_reproducibly_and_what_is_not_fitted_stays() {
    let place = Place::new();
    place.write("weights.toml", "[hybrid.ranking]\nlexical = 7.0\n");
    let fit =
        |out: &str| place.printed(&["fit", "--set", "set@corpus:2", "--profile", "lexical", "--out", out], 0);
    let told = fit("weights.toml");
    assert!(told.contains("ranking: ") && told.contains("confidence: "), "{told}");
    let written = std::fs::read_to_string(place.path("weights.toml")).unwrap();
    let command =
        "ibid eval fit --profile lexical --only ranking --set set@corpus:2 --seed 1 --out weights.toml";
    assert!(written.contains(&format!("# lexical.ranking: {command}\n")), "{written}");
    assert!(written.contains("# hybrid.ranking: set by hand"), "{written}");
    assert!(written.contains("[hybrid.ranking]\nlexical = 7.0"), "{written}");
    assert!(written.contains("[lexical.confidence]\nbias = "), "{written}");
    fit("weights.toml");
    assert_eq!(std::fs::read_to_string(place.path("weights.toml")).unwrap(), written);
}
