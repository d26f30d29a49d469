//! The words of an index.

use super::*;

#[test]
fn the_words_of_titles_headings_and_passages_are_counted() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    let snapshot = IndexSnapshot::open(root.path()).unwrap();
    let words = snapshot.words();
    assert_eq!(words.count("tea"), 5);
    assert_eq!(words.count("brewing"), 1);
    assert_eq!(words.count("brewed"), 2);
    assert_eq!(words.count("is"), 0, "short words are left out");
    assert_eq!(words.count("zebra"), 0);
    assert_eq!(words.iter().count(), words.len());
    assert!(words.iter().is_sorted() && !words.is_empty());
}

#[test]
fn abbreviations_come_with_their_long_forms_the_most_frequent_first() {
    let root = tempfile::tempdir().unwrap();
    let text = "A daily tea ration (DTR) helps.\nThe Daily  Tea Ration (DTR).\nDry tea roots (DTRs) too.";
    build(root.path(), &[document("a.md", "Tea", text)]);
    let snapshot = IndexSnapshot::open(root.path()).unwrap();
    let found: Vec<_> = snapshot.words().abbreviations().iter().collect();
    let told: Vec<_> = found.iter().map(|found| (&*found.short, &*found.long, found.count)).collect();
    assert_eq!(told, [("DTR", "daily tea ration", 2), ("DTR", "dry tea roots", 1)]);
}

#[test]
fn an_index_without_documents_has_no_words() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &[]);
    assert!(IndexSnapshot::open(root.path()).unwrap().words().is_empty());
}
