//! Tests of the file of unanswered questions.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use super::*;

const LIMITS: UnansweredLimits = UnansweredLimits { days: 30, entries: 100 };

fn key(digit: &str) -> Key {
    Key::parse(&digit.repeat(64)).unwrap()
}

fn silent() -> Heard {
    Box::new(|_, _| {})
}

fn texts(file: &UnansweredFile) -> Vec<String> {
    let kept = file.questions_from(0).unwrap();
    kept.questions.into_iter().map(|dated| dated.question.question).collect()
}

#[tokio::test]
async fn what_is_kept_is_there_without_personal_details_and_in_no_file_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unanswered.sqlite");
    let store = UnansweredStore::open(&path, &key("a"), LIMITS, silent()).unwrap();
    store.keep(UnansweredQuestion::asked("my name is Anna, may I juggle?")).unwrap();
    store.flush().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !["juggle", "Anna", "socket", "no_match"]
                .iter()
                .any(|word| { bytes.windows(word.len()).any(|window| window == word.as_bytes()) })
        );
    }
    let file = UnansweredFile::open(&path, &key("a")).unwrap();
    let kept = file.questions_from(today()).unwrap();
    assert_eq!(
        kept.questions,
        [DatedQuestion { day: today(), question: UnansweredQuestion::asked("[name], may I juggle?") }]
    );
    assert_eq!(file.questions_from(today() + 1).unwrap(), KeptQuestions::default());
    let told = UnansweredFile::open(&path, &key("b")).unwrap_err().to_string();
    assert!(told.contains("unanswered questions") && told.contains("another key"), "{told}");
}

#[test]
fn a_file_that_is_opened_again_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unanswered.sqlite");
    let first = UnansweredFile::open(&path, &key("a")).unwrap();
    assert!(first.empty_log().unwrap());
    let second = UnansweredFile::open(&path, &key("a")).unwrap();
    assert_eq!(std::fs::metadata(folder.path().join("unanswered.sqlite-wal")).unwrap().len(), 0);
    assert_eq!(texts(&second), Vec::<String>::new());
}

#[test]
fn what_is_past_its_time_or_too_much_is_erased() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unanswered.sqlite");
    let file = UnansweredFile::open(&path, &key("a")).unwrap();
    for (back, question) in [(31, "a"), (30, "b"), (29, "c"), (1, "d"), (0, "e")] {
        file.insert(today() - back, &UnansweredQuestion::asked(question)).unwrap();
    }
    assert_eq!(file.sweep(LIMITS).unwrap(), 2);
    assert_eq!(texts(&file), ["c", "d", "e"]);
    drop(file);
    drop(
        UnansweredStore::open(&path, &key("a"), UnansweredLimits { entries: 2, ..LIMITS }, silent()).unwrap(),
    );
    let file = UnansweredFile::open(&path, &key("a")).unwrap();
    assert_eq!(texts(&file), ["d", "e"], "the server erases at its start");
    assert_eq!((file.forget().unwrap(), texts(&file)), (2, Vec::new()));
}

#[test]
fn an_entry_passed_off_as_one_of_another_day_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let file = UnansweredFile::open(&folder.path().join("unanswered.sqlite"), &key("a")).unwrap();
    file.insert(today() - 5, &UnansweredQuestion::asked("a")).unwrap();
    file.database.connection.execute("UPDATE question SET day = day + 5", []).unwrap();
    let kept = file.questions_from(0).unwrap();
    assert_eq!((kept.questions.len(), kept.damaged), (0, 1));
}

#[tokio::test]
async fn an_entry_is_changed_while_it_is_there_and_never_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unanswered.sqlite");
    let store = UnansweredStore::open(&path, &key("a"), LIMITS, silent()).unwrap();
    let receipt = store.keep(UnansweredQuestion::asked("a")).unwrap();
    let unhelpful = UnansweredQuestion { is_unhelpful: true, ..UnansweredQuestion::asked("a") };
    store.replace(receipt.clone(), unhelpful.clone()).unwrap();
    store.flush().await;
    let file = UnansweredFile::open(&path, &key("a")).unwrap();
    assert_eq!(file.questions_from(0).unwrap().questions[0].question, unhelpful);
    file.forget().unwrap();
    store.replace(receipt, unhelpful).unwrap();
    store.flush().await;
    assert_eq!(texts(&file), Vec::<String>::new());
}

/// A store whose thread waits for the sender, after its first write, to be dropped.
fn stuck(path: &Path) -> (UnansweredStore, std::sync::mpsc::Sender<()>, Receiver<()>) {
    let (release, wait) = channel::<()>();
    let (begun, writes) = channel();
    let both = Mutex::new((begun, wait));
    let heard: Heard = Box::new(move |_, _| {
        let (begun, wait) = &*both.lock().unwrap();
        let _ = begun.send(());
        let _ = wait.recv();
    });
    (UnansweredStore::open(path, &key("a"), LIMITS, heard).unwrap(), release, writes)
}

#[tokio::test]
async fn a_disk_that_is_slow_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let (store, release, writes) = stuck(&folder.path().join("unanswered.sqlite"));
    store.keep(UnansweredQuestion::asked("first")).unwrap();
    writes.recv().unwrap();
    let kept = (0..=QUEUE).take_while(|_| store.keep(UnansweredQuestion::asked("another")).is_ok()).count();
    assert_eq!(kept, QUEUE, "then one more is refused at once");
    drop(release);
    store.flush().await;
    assert!(store.keep(UnansweredQuestion::asked("last")).is_ok());
}

fn keep(question: &str) -> (Job, UnansweredReceipt) {
    let receipt = UnansweredReceipt::default();
    let question = Box::new(UnansweredQuestion::asked(question));
    (Job::Keep { question, day: today(), receipt: receipt.clone() }, receipt)
}

#[test]
fn questions_that_could_not_be_written_are_told_and_stand_for_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unanswered.sqlite");
    let file = UnansweredFile::open(&path, &key("a")).unwrap();
    let connection = &file.database.connection;
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |pages: i64| format!("PRAGMA max_page_count = {pages}");
    connection.query_row(&limit(pages), [], |row| row.get::<_, i64>(0)).unwrap();
    let (told, heard) = channel();
    let heard_of: Heard = Box::new(move |questions, written| {
        told.send((questions, written.is_ok())).unwrap();
    });
    let mut worker = Worker::new(file, LIMITS, heard_of);
    let (jobs, receipts): (Vec<Job>, Vec<UnansweredReceipt>) =
        (0..100).map(|_| keep(&"juggle ".repeat(140))).unzip();
    worker.run(jobs);
    assert_eq!(heard.recv().unwrap(), (100, false), "the disk is full");
    let connection = &worker.file.database.connection;
    connection.query_row(&limit(pages + 1000), [], |row| row.get::<_, i64>(0)).unwrap();
    worker.run(vec![keep("a").0]);
    assert_eq!(heard.recv().unwrap(), (1, true));
    worker.run(vec![Job::Replace {
        question: Box::new(UnansweredQuestion::asked("b")),
        receipt: receipts[0].clone(),
    }]);
    assert_eq!(texts(&UnansweredFile::open(&path, &key("a")).unwrap()), ["a"]);
}
