//! A build that is killed leaves an index that can be served.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use ibid::index::IndexSnapshot;

use crate::corpus::Corpus;
use crate::program::{self, Program};

/// How many builds are killed.
const KILLS: u32 = 60;

fn build(corpus: &Corpus) -> Command {
    let mut command = program::command(Path::new("."));
    command.args(["index", "--rebuild", "--no-vectors", "--corpus"]).arg(&corpus.config.paths.corpus);
    command.arg("--index").arg(&corpus.config.paths.index);
    command
}

#[track_caller]
fn finish_build(corpus: &Corpus) {
    let mut program = Program::start(build(corpus));
    assert!(program.ended().success(), "{}", program.log());
}

fn revision(corpus: &Corpus) -> String {
    let snapshot = IndexSnapshot::open(&corpus.config.paths.index).unwrap();
    snapshot.revision().to_owned()
}

/// Text enough for a build to have stages that last.
fn chapters(word: &str) -> String {
    (0..400)
        .map(|n| format!("Chapter {n}\n\nThe {word} number {n} is kept in room {n} of the clinic.\n\n"))
        .collect()
}

#[test]
fn kill_at_any_moment_leaves_the_old_or_the_new_index() {
    let corpus = Corpus::of(&[("a.txt", &chapters("plaster"))]);
    let begun = Instant::now();
    finish_build(&corpus);
    let whole = begun.elapsed();
    let old = revision(&corpus);

    corpus.write("a.txt", chapters("bandage").as_bytes());
    let (mut kept_old, mut got_new) = (0, 0);
    for kill in 0..KILLS {
        let mut program = Program::start(build(&corpus));
        std::thread::sleep(whole.mul_f64(1.2 * f64::from(kill) / f64::from(KILLS)));
        program.kill();
        if revision(&corpus) == old {
            kept_old += 1;
        } else {
            got_new += 1;
            corpus.write("a.txt", chapters("plaster").as_bytes());
            finish_build(&corpus);
            assert_eq!(revision(&corpus), old);
            corpus.write("a.txt", chapters("bandage").as_bytes());
        }
    }
    println!("{KILLS} kills over {whole:?}: {kept_old} left the old index, {got_new} the new one");
    assert!(kept_old > 0, "no build was killed before it was done");

    finish_build(&corpus);
    assert_ne!(revision(&corpus), old);
    let left: Vec<_> = std::fs::read_dir(corpus.config.paths.index.join("generations")).unwrap().collect();
    assert!(left.len() <= 2, "dead builds were left behind: {left:?}");
}
