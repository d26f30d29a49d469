use super::*;

fn problems_of(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, file).unwrap();
    let overrides = Overrides { config: Some(path), ..Overrides::default() };
    let environment = environment.iter().map(|&(k, v)| (k.to_owned(), OsString::from(v)));
    let loaded = load_from(&overrides, environment, validate::problems_of_secrets);
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn all_problems_come_at_once_with_place_and_remedy() {
    let problems = problems_of(
        "[server]\nlissten = 1\nheartbeat_secs = \"x\"\n[answer]\nmax_quote_words = 0\n",
        &[("IBID_SERVER__MAX_CONNECTIONS", "many")],
    );
    assert_eq!(problems.len(), 4, "{problems:#?}");
    let says = |place: &str, detail: &str| problems.iter().any(|p| p.contains(place) && p.contains(detail));
    assert!(says("server.lissten", "did you mean `listen`"), "{problems:#?}");
    assert!(says("server.heartbeat_secs", "a whole number is wanted"), "{problems:#?}");
    assert!(says("IBID_SERVER__MAX_CONNECTIONS", "not `many`"), "{problems:#?}");
    assert!(says("answer.max_quote_words", "out of range"), "{problems:#?}");
}

#[test]
fn a_key_in_the_wrong_place_is_told_the_section_that_has_it() {
    let problems = problems_of("listen = \"127.0.0.1:80\"\ncorpsu = \"x\"\n", &[]);
    assert!(
        problems.iter().any(|problem| problem.contains("did you mean `listen` in `[server]`?")),
        "{problems:#?}"
    );
    assert!(
        !problems.iter().any(|problem| problem.contains("corpsu") && problem.contains("in `[")),
        "{problems:#?}"
    );
    let problems = problems_of("[retrieve]\ntitle = 2.0\n", &[]);
    assert!(problems[0].contains("did you mean `title` in `[retrieve.boosts]`?"), "{problems:#?}");
}

#[test]
fn weights_that_cannot_be_read_are_told_with_cause_and_remedy() {
    let problems = problems_of("[retrieve]\nweights = \"no-such.toml\"\n", &[]);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("no-such.toml cannot be read: "), "{problems:#?}");
    assert!(problems[0].contains("ibid eval fit"), "{problems:#?}");
}

#[test]
fn a_value_that_is_none_for_its_key_is_told_with_the_key() {
    let problems = problems_of(
        "[server]\nlisten = \"localhost\"\ntrusted_proxies = [\"10.0.0.0/8\"]\nsearch_queue = -1\n\
         heartbeat_secs = 0\n",
        &[],
    );
    let places: Vec<&str> = problems.iter().filter_map(|problem| problem.split(':').next()).collect();
    let expected = ["listen", "search_queue", "trusted_proxies", "heartbeat_secs"];
    assert_eq!(places, expected.map(|key| format!("server.{key}")), "{problems:#?}");
    assert!(problems[0].contains("`localhost`") && problems[0].contains("127.0.0.1:7878"), "{problems:#?}");
    assert!(problems[1].contains("-1 is out of range; use a number of 0 or more"), "{problems:#?}");
    assert!(problems[2].contains("`10.0.0.0/8`") && problems[2].contains("no networks"), "{problems:#?}");
}

#[test]
fn what_fits_is_handed_out_beside_the_problems() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    let settings = "[texts]\ntitel = \"Ward 7\"\n[answer]\ncached_answers = 9000000000\n\
                    [safety]\nemergency_actions = [\"Call 999 | tel:999\"]\ncrisis_actions = [\"Call\"]\n\
                    [server]\nlisten = \"localhost:80\"\nheartbeat_secs = 7\n";
    std::fs::write(&path, settings).unwrap();
    let overrides = Overrides { config: Some(path.clone()), ..Overrides::default() };
    let load = || load_from(&overrides, std::iter::empty(), validate::problems_of_secrets);
    let Loaded { config, problems, is_file_read } = load();
    assert_eq!((problems.len(), is_file_read), (4, true), "{problems:#?}");
    assert_eq!(config.safety.emergency_actions, ["Call 999 | tel:999"]);
    assert_eq!(config.safety.crisis_actions, ["Call"], "a text is told and stays");
    assert_eq!(config.server.heartbeat_secs, 7);
    assert_eq!(config.server.listen, Config::default().server.listen);
    assert_eq!(config.answer.cached_answers, Config::default().answer.cached_answers, "no use as it is");
    std::fs::write(&path, "[texts\n").unwrap();
    assert!(!load().is_file_read);
}

#[test]
fn the_environment_reaches_a_section_within_a_section() {
    let set = |name: &str| problems_of("", &[(name, "200")]);
    assert!(set("IBID_RETRIEVE__BOOSTS__TITLE")[0].contains("retrieve.boosts.title: 200 is out of range"));
    assert!(set("IBID_RETRIEVE__BOOSTS__TITEL")[0].contains("did you mean `title`"));
    assert!(set("IBID_RETRIEVE__BOSTS__TITLE")[0].contains("did you mean `boosts`"));
    assert_eq!(set("IBID_UNRELATED"), Vec::<String>::new());
}

#[test]
fn a_desk_of_the_environment_alone_is_told_to_be_missing_in_the_file() {
    let problems = problems_of("", &[("IBID_DESKS__CLINIC__URL", "https://desk.example")]);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].ends_with("there is no such section in the configuration file"), "{problems:#?}");
}

#[cfg(unix)]
#[test]
fn a_variable_whose_value_is_not_utf8_is_told() {
    let value: OsString = std::os::unix::ffi::OsStringExt::from_vec(b"/srv/M\xe4rz".to_vec());
    let environment = ["IBID_PATHS__CORPUS", "IBID_OTHER"].map(|name| (name.to_owned(), value.clone()));
    let overrides = Overrides { config: Some("config.toml".into()), ..Overrides::default() };
    let loaded = load_from(&overrides, environment.into_iter(), |_| Vec::new());
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["environment: IBID_PATHS__CORPUS: its value is not UTF-8"]);
}

#[test]
fn a_syntax_error_names_its_line() {
    assert!(problems_of("[server]\nx = = 1\n", &[])[0].contains("c.toml:2"));
}

#[test]
fn flags_win_over_environment_over_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, "[server]\nlisten = \"127.0.0.1:1\"\nheartbeat_secs = 7\n[paths]\ncorpus = \"a\"")
        .unwrap();
    let overrides =
        Overrides { config: Some(path), listen: "127.0.0.1:3".parse().ok(), ..Overrides::default() };
    let environment = [("IBID_SERVER__LISTEN", "127.0.0.1:2"), ("IBID_PATHS__CORPUS", "b")];
    let environment = environment.iter().map(|&(k, v)| (k.to_owned(), OsString::from(v)));
    let config = load_from(&overrides, environment, validate::problems_of_secrets).whole().unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.heartbeat_secs, 7);
    assert_eq!(config.paths.corpus, PathBuf::from("b"));
}

#[test]
fn a_named_file_must_be_there() {
    let overrides = Overrides { config: Some("no/such/file.toml".into()), ..Overrides::default() };
    let loaded = load_from(&overrides, std::iter::empty(), validate::problems_of_secrets);
    assert!(!loaded.is_file_read);
    assert!(loaded.whole().is_err());
}
