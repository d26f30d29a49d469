//! Commands that end by themselves: what they print and their exit codes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

use std::path::PathBuf;
use std::process::Stdio;

use super::{Done, LEAFLET, Place};

const OWN_NUMBERS: &str = "[safety]
emergency_text = \"Call the ward.\"
emergency_actions = [\"Ward | tel:5550107\"]
crisis_text = \"Talk to the ward.\"
crisis_actions = [\"Ward | tel:5550107\"]
";

#[test]
fn the_long_help_and_the_short_one_show_examples() {
    let place = Place::new();
    for flag in ["--help", "-h"] {
        place.run(&[flag]).ends_with(0).says("Examples:").says("Exit codes");
        place.run(&["ask", flag]).ends_with(0).says("Examples:").says("ibid ask");
    }
}

#[test]
fn what_is_not_a_command_or_flag_is_an_error() {
    let place = Place::new();
    place.run(&["indx"]).ends_with(2).complains("index");
    place.run(&["ask"]).ends_with(2);
    place.run(&["ask", "--limit", "0", "why?"]).ends_with(2);
    place.run(&["--listen", "127.0.0.1:0", "check"]).ends_with(2).complains("ibid serve");
}

#[test]
fn a_question_is_answered_with_quote_place_and_literature() {
    let place = Place::new();
    let done = place.run(&["ask", "How long does zircon therapy take to work?"]).ends_with(0);
    let done = done.says("Zircon therapy takes three to five weeks to work [1].");
    let done = done.says("Zircon therapy \u{203a} How it works, line 5 (zircon.md)");
    let done = done.says("[1] Miller A. Zircon in practice.").says("confidence: ");
    let done = done.complains("there is no index yet");
    assert!(!done.stdout.contains('\u{1b}'), "escapes in a pipe: {done:#?}");
    // The second time the index is there.
    let done = place.run(&["ask", "how", "long", "does", "zircon", "take"]).ends_with(0);
    assert_eq!(done.stderr, "");
}

#[test]
fn who_answers_at_once_makes_the_vectors_of_a_few_passages_first() {
    let asking: &[&str] = &["ask", "How long does zircon therapy take to work?"];
    for arguments in [asking, &["mcp"]] {
        let place = Place::new();
        let run = |arguments: &[&str]| {
            let mut command = place.command(arguments);
            Done::from(command.env("IBID_ENCODER__ENABLED", "true").output().unwrap()).ends_with(0)
        };
        run(arguments);
        let counted = run(&["index", "--no-vectors", "--json"]);
        let counted: serde_json::Value = serde_json::from_str(&counted.stdout).unwrap();
        assert_eq!(counted["status"], "up_to_date");
        assert!(counted["vectors"].as_u64().unwrap() > 0, "{arguments:?}: {counted}");
    }
}

#[test]
fn a_question_can_come_on_standard_input_and_the_answer_as_json() {
    let place = Place::new();
    let done = place.run_with_input(&["ask", "--json", "--limit", "1", "-"], "how long does zircon take?\n");
    let done = done.ends_with(0);
    let answer: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(answer["citations"].as_array().unwrap().len(), 1, "{answer:#}");
    let citation = &answer["citations"][0];
    assert_eq!(citation["reference"]["document"], "zircon.md");
    let bytes = &citation["reference"]["bytes"];
    let (start, end) = (bytes[0].as_u64().unwrap() as usize, bytes[1].as_u64().unwrap() as usize);
    assert_eq!(citation["quote"], LEAFLET[start..end]);
}

#[test]
fn nothing_found_is_exit_code_1() {
    let place = Place::new();
    place.run(&["ask", "qwertz uiop"]).ends_with(1);
    let done = place.run(&["ask", "--json", "qwertz uiop"]).ends_with(1);
    let answer: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(answer["outcome"], "not_found");
}

#[test]
fn a_question_for_a_document_that_is_not_there_is_an_error_with_a_hint() {
    let place = Place::new();
    let done = place.run(&["ask", "--document", "zirkon.md", "how long?"]).ends_with(2);
    done.complains("did you mean `zircon.md`?");
    place.run(&["ask", "--document", "zircon.md", "How long does zircon take to work?"]).ends_with(0);
}

#[test]
fn no_escape_sequence_of_a_document_or_file_name_is_printed() {
    let place = Place::new();
    place.document(
        "evil.md",
        "# Beryl\u{1b}[2J\n\nBeryl therapy\u{9b}31m takes \u{1b}]0;owned\u{7}nine weeks to work.\n",
    );
    place.document("e\u{1b}[2Jvil.bin", b"\0\x01");
    for arguments in
        [&["index", "--verbose"][..], &["ask", "How long does beryl therapy take to work?"], &["check"]]
    {
        let done = place.run(arguments);
        for text in [&done.stdout, &done.stderr] {
            let bad = text.chars().find(|&c| c.is_control() && c != '\n');
            assert_eq!(bad, None, "{arguments:?}: {done:#?}");
        }
    }
}

#[test]
fn the_index_is_built_only_when_that_is_needed() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0).says("1 document").says("MB/s");
    place.run(&["index"]).ends_with(0).says("up to date");
    place.run(&["index", "--rebuild"]).ends_with(0).says("MB/s");
    place.document("beryl.txt", "Beryl\n\nBeryl therapy takes nine weeks.\n");
    let done = place.run(&["index", "--json"]).ends_with(0);
    let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&report["status"], &report["documents"]), (&"built".into(), &2.into()), "{report:#}");
}

#[test]
fn what_is_skipped_is_told_and_fails_a_strict_build_that_leaves_the_old_index() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    place.document("picture.txt", b"\0\0\0\0\x01\x02\x03\xff");
    let done = place.run(&["index", "--strict", "--json"]).ends_with(2).complains("picture.txt");
    let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["status"], "failed");
    assert_eq!(report["skipped"][0]["place"], "picture.txt");
    std::fs::remove_file(place.path("corpus/picture.txt")).unwrap();
    place.run(&["index"]).ends_with(0).says("up to date");
    place.document("picture.txt", b"\0\0\0\0\x01\x02\x03\xff");
    place.run(&["index", "--rebuild"]).ends_with(0).says("picture.txt: it is not text");
}

#[test]
fn an_index_that_is_up_to_date_tells_again_what_is_not_in_it() {
    let place = Place::new();
    place.document("picture.txt", b"\0\0\0\0\x01\x02\x03\xff");
    place.run(&["index"]).ends_with(0);
    // Not among the files that the index is compared with, since its format is not known.
    place.document("scan.tif", "II*");
    let done = place.run(&["index"]).ends_with(0).says("up to date: 1 document").says("scan.tif: ");
    done.says("picture.txt: it is not text");
    let done = place.run(&["index", "--json"]).ends_with(0);
    let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(
        (&report["status"], &report["skipped_total"]),
        (&"up_to_date".into(), &2.into()),
        "{report:#}"
    );
}

#[test]
fn a_damaged_index_is_refused_with_the_command_that_repairs_it() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    let mut damaged = 0;
    for entry in walk(place.path("index")) {
        std::fs::write(entry, "damaged").unwrap();
        damaged += 1;
    }
    assert!(damaged > 0);
    for arguments in [&["ask", "how long?"][..], &["index"], &["serve", "--listen", "127.0.0.1:0"]] {
        let done = place.run(arguments).ends_with(2).complains("ibid index --rebuild");
        assert_eq!(done.stdout, "");
    }
    place.run(&["check"]).ends_with(2).says("ibid index --rebuild");
    place.run(&["index", "--rebuild"]).ends_with(0);
    place.run(&["ask", "How long does zircon take?"]).ends_with(0);
}

fn walk(folder: PathBuf) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_likely_one() {
    let place = Place::new();
    std::fs::write(place.path("config.toml"), "[server]\nlissten = \"127.0.0.1:0\"\n").unwrap();
    for arguments in [&["ask", "why?"][..], &["index"], &["serve"], &["chat"]] {
        place.run(arguments).ends_with(2).complains("did you mean `listen`");
    }
}

#[test]
fn check_lists_all_problems_at_once_each_with_its_place() {
    let place = Place::new();
    let settings = "[server]\nlissten = 1\nheartbeat_secs = 0\n[paths]\ncorpus = \"nowhere\"\n";
    std::fs::write(place.path("config.toml"), settings).unwrap();
    let done = place.run(&["check"]).ends_with(2);
    let done = done.says("did you mean `listen`").says("server.heartbeat_secs").says("nowhere");
    let done = done.says("remedy: name the folder of the documents");
    assert!(done.stdout.contains("3 errors"), "{done:#?}");
    let done = place.run(&["check", "--json"]).ends_with(2);
    let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["ok"], false);
    let errors = report["problems"].as_array().unwrap().iter().filter(|found| found["severity"] == "error");
    assert_eq!(errors.count(), 3, "{report:#}");
}

#[test]
fn check_reads_the_keys_and_loads_the_models() {
    let place = Place::new();
    std::fs::write(place.path("keys.toml"), "not = a file of keys").unwrap();
    let settings =
        "[access]\nkeys = \"keys.toml\"\n[encoder]\npath = \"nowhere\"\n[judge]\npath = \"nowhere\"\n";
    std::fs::write(place.path("config.toml"), settings).unwrap();
    let mut check = place.command(&["check"]);
    let done = Done::from(check.env("IBID_ENCODER__ENABLED", "true").output().unwrap());
    let done = done.ends_with(2).says("error: access: access.keys");
    done.says("warning: encoder: nowhere").says("warning: judge: nowhere");
}

#[test]
fn only_a_server_needs_the_secrets_of_its_desks() {
    let place = Place::new();
    let settings = "[access]\nanonymous = \"none\"\nkeys = \"keys.toml\"\n[desks.clinic]\nurl = \"https://desk.example\"\n";
    std::fs::write(place.path("config.toml"), settings).unwrap();
    place.run(&["index"]).ends_with(0);
    place.run(&["key", "new", "ward", "--scope", "ask"]).ends_with(0);
    let refused = place.run(&["check"]).ends_with(2);
    refused.says("desks.clinic.secret").says("whsec_").says("deliveries");
    place.run(&["serve", "--listen", "127.0.0.1:0"]).ends_with(2).complains("desks.clinic.secret");
}

#[test]
fn a_chat_that_is_not_let_in_is_told_of_the_key() {
    let place = Place::new();
    std::fs::write(place.path("config.toml"), "[access]\nanonymous = \"none\"\nkeys = \"keys.toml\"\n")
        .unwrap();
    let made = place.run(&["key", "new", "ward", "--scope", "chat"]).ends_with(0);
    let server = place.serve(&["--listen", "127.0.0.1:0"]);
    let page = format!("http://{}", server.address);
    place.run(&["chat", &page]).ends_with(2).complains("IBID_API_KEY");
    let mut chat = place.command(&["chat", &page]);
    Done::from(chat.env("IBID_API_KEY", made.stdout.trim()).output().unwrap()).ends_with(0);
}

#[test]
fn check_is_content_with_a_good_corpus_and_warns_of_what_will_be_skipped() {
    let place = Place::new();
    place.document("picture.txt", b"\0\0\0\0\x01\x02\x03\xff");
    let done = place.run(&["check"]).ends_with(0);
    let done = done.says("picture.txt: skipped").says("there is none yet").says("red flags: version ");
    done.says("telephone numbers").says("0 errors, 3 warnings");
    std::fs::write(place.path("config.toml"), OWN_NUMBERS).unwrap();
    place.run(&["check"]).ends_with(0).says("0 errors, 2 warnings");
    let actions_alone = OWN_NUMBERS.replace("_text", "_title");
    std::fs::write(place.path("config.toml"), actions_alone).unwrap();
    place
        .run(&["check"])
        .ends_with(0)
        .says("safety.emergency_text, safety.crisis_text: the telephone numbers");
}

#[test]
fn check_does_not_pass_over_people_in_danger_who_are_told_nothing() {
    let place = Place::new();
    let silent = "[safety]\nemergency_text = \"\"\nemergency_actions = []\ncrisis_actions = []\n";
    std::fs::write(place.path("config.toml"), silent).unwrap();
    let done = place.run(&["check"]).ends_with(2).says("error: configuration: safety.emergency_text");
    done.says("warning: safety: safety.crisis_actions");
}

#[test]
fn a_typo_hides_nothing_else_and_makes_nothing_up() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    std::fs::write(place.path("config.toml"), format!("{OWN_NUMBERS}[texts]\ntitel = \"Ward 7\"\n")).unwrap();
    place.run(&["check"]).ends_with(2).says("did you mean `title`").says("1 error, 0 warnings");
    std::fs::write(place.path("config.toml"), "[texts\n").unwrap();
    let done = place.run(&["check"]).ends_with(2).says("config.toml:1").says("1 error, 0 warnings");
    assert!(!done.stdout.contains("corpus:"), "{done:#?}");
}

#[test]
fn check_tells_that_nobody_can_ask() {
    let place = Place::new();
    let settings = "[access]\nanonymous = \"none\"\nkeys = \"keys.toml\"\n";
    std::fs::write(place.path("config.toml"), settings).unwrap();
    place.run(&["check"]).ends_with(0).says("there is no key to ask with");
    place.run(&["key", "new", "monitor", "--scope", "metrics"]).ends_with(0);
    place.run(&["check"]).ends_with(0).says("there is no key to ask with");
    place.run(&["key", "new", "ward", "--scope", "ask"]).ends_with(0);
    let done = place.run(&["check"]).ends_with(0);
    assert!(!done.stdout.contains("access.anonymous"), "{done:#?}");
}

#[test]
fn check_finds_files_that_a_server_cannot_write_and_makes_none() {
    let place = Place::new();
    std::fs::write(place.path("key"), "0f".repeat(32)).unwrap();
    let settings = |sessions: &str, unanswered: &str| {
        let text = format!(
            "[sessions]\npath = \"{sessions}\"\nkey_file = \"key\"\n\
             [unanswered]\npath = \"{unanswered}\"\nkey_file = \"key\"\n"
        );
        std::fs::write(place.path("config.toml"), text).unwrap();
    };
    settings("corpus", "nowhere/unanswered.sqlite");
    let done = place.run(&["check"]).ends_with(2).says("error: files: sessions.path: the file corpus cannot");
    done.says("error: files: unanswered.path").says("nowhere").says("2 errors");
    place.run(&["serve", "--listen", "127.0.0.1:0"]).ends_with(2).complains("corpus");
    settings("sessions.sqlite", "unanswered.sqlite");
    place.run(&["check"]).ends_with(0);
    assert!(!place.path("sessions.sqlite").exists() && !place.path("unanswered.sqlite").exists());
}

#[test]
fn check_warns_of_an_index_among_the_documents() {
    let place = Place::new();
    place
        .run(&["check", "--index", "corpus/index"])
        .ends_with(0)
        .says("it lies in the folder of the documents");
    place.run(&["index", "--index", "corpus/index"]).ends_with(0);
    place
        .run(&["check", "--index", "corpus/index"])
        .ends_with(0)
        .says("it lies in the folder of the documents");
    let done = place.run(&["check"]).ends_with(0);
    assert!(!done.stdout.contains("it lies in"), "{done:#?}");
}

#[test]
fn check_asks_the_example_questions_of_the_documents() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    place.run(&["check"]).ends_with(0).says("texts.suggestions: `How long does PRRT take to work?` is not");
    let own = "[texts]\nsuggestions = [\"How long does zircon therapy take to work?\"]\n";
    std::fs::write(place.path("config.toml"), own).unwrap();
    let done = place.run(&["check"]).ends_with(0).says("suggestions: 1 question asked");
    assert!(!done.stdout.contains("texts.suggestions"), "{done:#?}");
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    let commands =
        [&["ask", "How long does zircon take?"][..], &["--help"], &["completions", "bash"], &["check"]];
    for arguments in commands {
        let mut command = place.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let done = Done::from(child.wait_with_output().unwrap()).ends_with(0);
        assert_eq!(done.stderr, "", "{arguments:?}");
    }
}

#[test]
fn a_chat_answers_the_questions_of_a_pipe_and_ends_with_the_worst_outcome() {
    let place = Place::new();
    let server = place.serve(&["--listen", "127.0.0.1:0"]);
    let url = format!("ws://{}/api/v1/chat", server.address);
    let question = "How long does zircon therapy take to work?\n";
    let done = place.run_with_input(&["chat", &url], question).ends_with(0);
    let done = done.says("three to five weeks").says("(zircon.md)");
    assert!(!done.stdout.contains('\u{1b}'), "escapes in a pipe: {done:#?}");
    let page = format!("http://{}", server.address);
    let done =
        place.run_with_input(&["chat", &page], &format!("qwertz uiop\n\n{question}/quit\nnever asked"));
    let done = done.ends_with(1).says("> qwertz uiop").says("three to five weeks");
    assert!(!done.stdout.contains("never asked"));
    let long = "x".repeat(2000);
    place.run_with_input(&["chat", &page], &format!("{long}\n{question}")).ends_with(2).says("three to five");
}

#[test]
fn a_chat_without_a_server_says_what_to_do() {
    let place = Place::new();
    // Port 1 (tcpmux) is not in use on machines of this century.
    place.run(&["chat", "127.0.0.1:1"]).ends_with(2).complains("ibid serve");
    place.run(&["chat", "wss://127.0.0.1:1"]).ends_with(2).complains("TLS");
    place.run(&["chat", "ftp://x"]).ends_with(2).complains("not an address");
}

#[test]
fn completions_know_the_commands_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        place.run(&["completions", shell]).ends_with(0).says("ask").says("corpus");
    }
    place.run(&["completions", "cmd"]).ends_with(2);
}

#[test]
fn documents_are_listed_and_those_that_are_overdue_for_review() {
    let place = Place::new();
    let dated = |day: &str| {
        format!("---\ntitle: Beryl\nreviewed: {day}\nlang: en\n---\nBeryl therapy takes nine weeks.\n")
    };
    place.document("new.md", dated("2024-05-06"));
    place.document("old.md", dated("2019-05-06").replace("nine", "ten"));
    let done = place.run(&["documents"]).ends_with(0).says("2024-05-06  en  1 passage  new.md  Beryl  -\n");
    done.says("3 documents of 3\n");
    let done = place.run(&["documents", "--reviewed-before", "2024-01-01"]).ends_with(0).says("  old.md  ");
    let done = done.says("-  -  ").says("  zircon.md  Zircon therapy  ").says("2 documents of 3\n");
    assert!(!done.stdout.contains("new.md"), "{done:#?}");
    let done = place.run(&["documents", "--json"]).ends_with(0);
    let listed: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(listed["documents"][0]["reviewed"], "2024-05-06", "{listed:#}");
    place.run(&["documents", "--reviewed-before", "spring"]).ends_with(2);
}
