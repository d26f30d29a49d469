//! Builds that succeed, fail, die, or meet each other.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn generations(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("generations")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn title(root: &Path) -> String {
    IndexSnapshot::open(root).unwrap().document(0).unwrap().metadata.title.clone()
}

/// The folder as a crash right now would leave it.
fn crashed(root: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(root).min_depth(1) {
        let entry = entry.unwrap();
        let target: PathBuf = copy.path().join(entry.path().strip_prefix(root).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
    copy
}

fn one(title: &str) -> Document {
    document("a.md", title, "Some text.")
}

#[test]
fn a_crash_between_any_two_steps_leaves_the_old_or_the_new_generation() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    build(root, &[one("zero")]);
    build(root, &[one("old")]);
    let mut states = Vec::new();
    let mut writer = Writer::create(root, &IndexConfig::default()).unwrap();
    states.push(("old", crashed(root)));
    writer.add(&one("new")).unwrap();
    states.push(("old", crashed(root)));
    let sealed = writer.seal(Provenance::default()).unwrap();
    states.push(("old", crashed(root)));
    sealed.rename().unwrap();
    states.push(("old", crashed(root)));
    fs::write(root.join("current.next"), "half").unwrap();
    states.push(("old", crashed(root)));
    let previous = sealed.swap().unwrap();
    states.push(("new", crashed(root)));
    sealed.remove_older(previous.as_deref()).unwrap();
    states.push(("new", crashed(root)));
    drop(sealed);
    states.push(("new", crashed(root)));
    for (at, (expected, state)) in states.iter().enumerate() {
        assert_eq!(title(state.path()), *expected, "state {at}");
        build(state.path(), &[one("next")]);
        assert_eq!(title(state.path()), "next", "rebuilt from state {at}");
        assert_eq!(generations(state.path()).len(), 2, "left over from state {at}");
    }
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(root.path(), &IndexConfig::default()).unwrap();
    writer.add(&one("never")).unwrap();
    drop(writer);
    assert_eq!(generations(root.path()), [""; 0]);
    assert!(matches!(IndexSnapshot::open(root.path()), Err(OpenError::Missing { .. })));
}

#[test]
fn what_a_dead_build_left_is_ignored_and_then_removed() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &[one("old")]);
    let left = root.path().join("generations/new.building-4194305");
    fs::create_dir_all(left.join("lexical")).unwrap();
    fs::write(left.join("documents.bin"), "half a docu").unwrap();
    assert_eq!(title(root.path()), "old");
    build(root.path(), &[one("new")]);
    assert!(!left.exists());
}

#[test]
fn a_second_builder_is_told_at_once_and_harms_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut first = Writer::create(root.path(), &IndexConfig::default()).unwrap();
    let second = Writer::create(root.path(), &IndexConfig::default());
    assert!(matches!(second, Err(IndexError::Locked { .. })));
    first.add(&one("first")).unwrap();
    first.finish(Provenance::default()).unwrap();
    assert_eq!(title(root.path()), "first");
    build(root.path(), &[one("second")]);
    assert_eq!(title(root.path()), "second");
}

#[test]
fn a_snapshot_answers_after_its_generation_was_removed() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    let old = IndexSnapshot::open(root.path()).unwrap();
    let before = search(&old, "green tea");
    let folder = generations(root.path()).remove(0);
    build(root.path(), &[one("newer")]);
    build(root.path(), &[one("newest")]);
    assert!(!generations(root.path()).contains(&folder));
    assert_eq!(generations(root.path()).len(), 2);
    assert!(!before.is_empty());
    assert_eq!(search(&old, "green tea"), before);
    assert_eq!(old.document(2).unwrap().as_ref(), &corpus()[2]);
    assert_eq!(title(root.path()), "newest");
}

#[test]
fn opening_while_builds_go_on_always_gives_a_whole_generation() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &[one("0")]);
    std::thread::scope(|scope| {
        let builder = scope.spawn(|| {
            for round in 1..20 {
                build(root.path(), &[one(&round.to_string())]);
            }
        });
        while !builder.is_finished() {
            assert_eq!(IndexSnapshot::open(root.path()).unwrap().documents(), 1);
        }
    });
    assert_eq!(title(root.path()), "19");
}
