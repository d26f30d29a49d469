//! Tests of the survey of a corpus folder.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::*;

fn paths(survey: &Survey) -> Vec<&str> {
    survey.files.iter().map(|file| file.path.as_str()).collect()
}

fn reason(survey: &Survey, place: &str) -> SkipReason {
    let skip = survey.skipped.iter().find(|skip| skip.place == place);
    skip.unwrap_or_else(|| panic!("{place} not in {:?}", survey.skipped)).reason.clone()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn files_come_in_order_with_size_and_hash() {
    let root = tempfile::tempdir().unwrap();
    for path in
        ["b.md", "a/z.HTML", "a/b/c.jsonl", "c.txt", "README.md", "LICENSE-MIT.txt", ".git/x.md", ".x.md"]
    {
        write(root.path(), path, "abc");
    }
    let survey = survey(root.path()).unwrap();
    assert_eq!(paths(&survey), ["a/b/c.jsonl", "a/z.HTML", "b.md", "c.txt"]);
    assert_eq!(survey.files[0].bytes, 3);
    assert_eq!(survey.files[0].sha256, crate::document::sha256_hex(b"abc"));
    assert_eq!(survey.skipped, []);
}

#[test]
fn unknown_endings_and_odd_names_are_skipped_with_their_reason() {
    let root = tempfile::tempdir().unwrap();
    for path in [
        "a.doc",
        "b.odt",
        "c.rtf",
        "noending",
        "bell\u{7}.md",
        "a#b.md",
        " .txt",
        "turned\u{202e}.md",
        "Ünï code.txt",
    ] {
        write(root.path(), path, "x");
    }
    std::fs::write(root.path().join(OsStr::from_bytes(b"latin\xE9.txt")), "x").unwrap();
    let survey = survey(root.path()).unwrap();
    assert_eq!(paths(&survey), ["Ünï code.txt"]);
    for place in ["a.doc", "b.odt", "c.rtf", "noending"] {
        assert_eq!(reason(&survey, place), SkipReason::UnknownFormat, "{place}");
    }
    let known = "its format is not known: use .docx, .pdf, .txt, .md, .html or .jsonl";
    assert_eq!(SkipReason::UnknownFormat.to_string(), known);
    for place in ["bell\\u{7}.md", "a#b.md", " .txt", "turned\\u{202e}.md", "latin\u{fffd}.txt"] {
        assert!(matches!(reason(&survey, place), SkipReason::BadName(_)), "{place}");
    }
}

#[test]
fn the_ending_of_a_name_tells_the_format() {
    for (path, format) in [
        ("a/Leaflet.DOCX", Some(Format::Word)),
        ("a.pdf", Some(Format::Pdf)),
        ("a.docx.txt", Some(Format::PlainText)),
        ("a.docm", None),
        ("docx", None),
        ("a.docx/b", None),
    ] {
        assert_eq!(format_of(path), format, "{path}");
    }
}

#[test]
fn a_folder_that_a_browser_saved_with_a_page_is_passed_over() {
    let root = tempfile::tempdir().unwrap();
    for path in [
        "Knees.html",
        "Knees_files/saved_resource.html",
        "Knees_files/style.css",
        "Knees_files/deeper/logo.png",
        "a/Fuß.htm",
        "a/Fuß-Dateien/anzeige.html",
        "b/our_files/leaflet.md",
        "b/our_files.html/c.md",
        "Feet.md",
        "Feet_files/more.md",
    ] {
        write(root.path(), path, "x");
    }
    let survey = survey(root.path()).unwrap();
    assert_eq!(
        paths(&survey),
        [
            "Feet.md",
            "Feet_files/more.md",
            "Knees.html",
            "a/Fuß.htm",
            "b/our_files/leaflet.md",
            "b/our_files.html/c.md"
        ]
    );
    assert_eq!(survey.skipped, []);
    let notes: Vec<_> = survey.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "Knees_files: passed over: a browser saved it with Knees.html",
            "a/Fuß-Dateien: passed over: a browser saved it with Fuß.htm"
        ]
    );
}

#[test]
fn a_link_out_of_the_corpus_is_skipped() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(outside.path(), "secret.txt", "x");
    write(root.path(), "in/real.txt", "x");
    symlink(outside.path().join("secret.txt"), root.path().join("file.txt")).unwrap();
    symlink(outside.path(), root.path().join("folder")).unwrap();
    symlink(root.path().join("in/real.txt"), root.path().join("inner.txt")).unwrap();
    symlink(root.path().join("nothing"), root.path().join("broken.txt")).unwrap();
    let survey = survey(root.path()).unwrap();
    assert_eq!(paths(&survey), ["in/real.txt", "inner.txt"]);
    assert_eq!(reason(&survey, "file.txt"), SkipReason::OutsideCorpus);
    assert_eq!(reason(&survey, "folder"), SkipReason::OutsideCorpus);
    assert!(matches!(reason(&survey, "broken.txt"), SkipReason::Unreadable(_)));
}

#[test]
fn links_in_a_circle_and_links_that_multiply_end() {
    let root = tempfile::tempdir().unwrap();
    for depth in 0..24 {
        write(root.path(), &format!("f{depth}/x.txt"), "x");
        for name in ["a", "b"] {
            let target = root.path().join(format!("f{}", depth + 1));
            symlink(target, root.path().join(format!("f{depth}/{name}"))).unwrap();
        }
    }
    write(root.path(), "f24/x.txt", "x");
    symlink(root.path(), root.path().join("f24/up")).unwrap();
    let survey = survey(root.path()).unwrap();
    assert!((25..200).contains(&survey.files.len()), "{}", survey.files.len());
    assert!(survey.skipped.iter().any(|skip| skip.place.ends_with("up")));
}

#[test]
fn a_corpus_that_is_no_folder_is_an_error_that_names_it() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "a.txt", "x");
    let missing = survey(&root.path().join("nowhere")).unwrap_err();
    assert!(matches!(&missing, IngestError::Missing { .. }) && missing.to_string().contains("nowhere"));
    let file = survey(&root.path().join("a.txt")).unwrap_err();
    assert!(matches!(&file, IngestError::NotAFolder { .. }) && file.to_string().contains("a.txt"));
}
