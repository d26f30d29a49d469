//! Indexes that must be refused, with the command that repairs them.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::folder::generation_name;
use super::*;
use crate::document::sha256_hex;

/// Every file that a reader depends on: the pointer and all files of the generation.
fn files(root: &Path) -> Vec<PathBuf> {
    let generation = walkdir::WalkDir::new(root.join("generations")).into_iter().map(Result::unwrap);
    let generation = generation.filter(|entry| entry.file_type().is_file());
    let mut files: Vec<_> = generation.map(|entry| entry.into_path()).collect();
    files.push(root.join("current"));
    files.sort();
    files
}

/// The message of the refusal, which must name `file` and the repair.
#[track_caller]
fn assert_refused(root: &Path, file: &Path) {
    let error = IndexSnapshot::open(root).unwrap_err();
    let OpenError::Corrupt { file: named, .. } = &error else { panic!("{file:?}: {error}") };
    assert!(file.ends_with(named), "{file:?} was damaged, {named} was named");
    assert!(error.to_string().contains("`ibid index --rebuild`"), "{error}");
}

#[test]
fn a_file_that_is_cut_or_gone_is_named() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    let files = files(root.path());
    assert!(files.len() >= 10, "{files:?}");
    for file in &files {
        let whole = fs::read(file).unwrap();
        fs::write(file, &whole[..whole.len() - 1]).unwrap();
        assert_refused(root.path(), file);
        if !file.ends_with("current") && !file.ends_with("manifest.json") {
            fs::remove_file(file).unwrap();
            assert_refused(root.path(), file);
        }
        fs::write(file, &whole).unwrap();
        IndexSnapshot::open(root.path()).unwrap();
    }
}

#[test]
fn a_pointer_to_nothing_is_named() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    fs::remove_dir_all(root.path().join("generations")).unwrap();
    assert_refused(root.path(), &root.path().join("current"));
}

#[test]
fn a_flipped_bit_in_any_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    let files = files(root.path());
    let flip = (0..files.len(), any::<prop::sample::Index>(), 0..8u32);
    proptest!(ProptestConfig::with_cases(300), |((file, at, bit) in flip)| {
        let file = &files[file];
        let whole = fs::read(file).unwrap();
        let mut flipped = whole.clone();
        flipped[at.index(whole.len())] ^= 1 << bit;
        fs::write(file, &flipped).unwrap();
        assert_refused(root.path(), file);
        fs::write(file, &whole).unwrap();
    });
}

/// Replaces the manifest and everything that vouches for it.
fn replace_manifest(root: &Path, manifest: &str) {
    let current = fs::read_to_string(root.join("current")).unwrap();
    let name = generation_name(&sha256_hex(manifest.as_bytes()));
    let renamed = root.join("generations").join(&name);
    fs::rename(root.join("generations").join(current.trim()), &renamed).unwrap();
    fs::write(renamed.join("manifest.json"), manifest).unwrap();
    fs::write(root.join("current"), format!("{name}\n")).unwrap();
}

/// What opening says once `change` was made to the manifest.
fn refusal_after(change: impl FnOnce(&mut serde_json::Value)) -> OpenError {
    let root = tempfile::tempdir().unwrap();
    let manifest = build(root.path(), &corpus());
    let mut manifest = serde_json::to_value(&manifest).unwrap();
    change(&mut manifest);
    replace_manifest(root.path(), &manifest.to_string());
    let error = IndexSnapshot::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("`ibid index --rebuild`"), "{error}");
    error
}

#[test]
fn an_index_of_another_format_analyzer_or_program_is_refused() {
    let other_format = refusal_after(|manifest| {
        *manifest = serde_json::json!({ "format": 99, "analyzer": 1, "new": true });
    });
    assert!(matches!(other_format, OpenError::UnknownFormat { found: 99, wanted: FORMAT_VERSION }));
    let other_analyzer = refusal_after(|manifest| manifest["analyzer"] = 99.into());
    assert!(matches!(other_analyzer, OpenError::Outdated { found: 99, .. }));
    let foreign = refusal_after(|manifest| *manifest = serde_json::json!({ "segments": [] }));
    assert!(matches!(foreign, OpenError::Foreign { .. }));
    let incomplete = refusal_after(|manifest| manifest["files"] = serde_json::Value::Null);
    assert!(matches!(incomplete, OpenError::Corrupt { .. }));
}

#[test]
fn a_manifest_cannot_point_out_of_its_generation() {
    for path in ["../../current", "/etc/hostname", ""] {
        let refused = refusal_after(|manifest| manifest["files"][0]["path"] = path.into());
        assert!(matches!(refused, OpenError::Corrupt { .. }), "{path}: {refused}");
    }
}

#[test]
fn a_table_that_contradicts_the_documents_is_refused() {
    let refused = refusal_after(|manifest| manifest["documents"] = 4.into());
    assert!(matches!(refused, OpenError::Corrupt { .. }));
    let refused = refusal_after(|manifest| manifest["passages"] = 4.into());
    assert!(matches!(refused, OpenError::Corrupt { .. }));
}
