//! The manual against the program: keys, defaults, ranges, commands, links, dependencies and metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ibid::config::{Config, DeskConfig, Overrides, load};
use regex::Regex;
use toml::{Table, Value};

use crate::driver::{Driver, OFF_TOPIC};
use crate::program;

const CONFIGURATION: &str = "docs/configuration.md";
const DEPENDENCIES: &str = "docs/dependencies.md";
/// Values that are out of the range of any number that has one.
const OUTLANDISH: [&str; 4] = ["4294967295", "9223372036854775807", "0", "1e9"];

/// Every setting as `section.key`, with its default.
fn settings() -> BTreeMap<String, Value> {
    fn flatten(prefix: &str, table: Table, into: &mut BTreeMap<String, Value>) {
        for (key, value) in table {
            match value {
                Value::Table(inner) => flatten(&format!("{prefix}{key}."), inner, into),
                value => drop(into.insert(format!("{prefix}{key}"), value)),
            }
        }
    }
    let mut all = BTreeMap::new();
    flatten("", Table::try_from(Config::default()).unwrap(), &mut all);
    all
}

/// The rows of the tables of keys: key, default, and what the range's cell says.
fn documented() -> BTreeMap<String, (String, String)> {
    let row = Regex::new(r"(?m)^\| `([a-z_]+(?:\.[a-z_]+)+)` \|([^|]*)\|([^|]*)\|").unwrap();
    let text = fs::read_to_string(CONFIGURATION).unwrap();
    row.captures_iter(&text)
        .map(|row| {
            (row[1].to_owned(), (row[2].trim().trim_matches('`').to_owned(), row[3].trim().to_owned()))
        })
        .collect()
}

/// What the program says the range of `key` is, if it has one.
fn range_of(key: &str) -> Option<String> {
    let says = Regex::new(r"out of range; use (\S+ to [^;\s]+)").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let (section, key) = key.rsplit_once('.').unwrap();
    OUTLANDISH.iter().find_map(|value| {
        fs::write(&file, format!("[{section}]\n{key} = {value}\n")).unwrap();
        let error = load(&Overrides { config: Some(file.clone()), ..Overrides::default() }).err()?;
        let told = error.problems.iter().find(|problem| problem.place == format!("{section}.{key}"))?;
        Some(says.captures(&told.detail)?[1].to_owned())
    })
}

#[test]
fn every_setting_of_a_desk_is_documented() {
    let text = fs::read_to_string("docs/helpdesk.md").unwrap();
    for key in toml::Table::try_from(DeskConfig::default()).unwrap().keys() {
        assert!(text.contains(&format!("| `{key}` |")), "{key}");
    }
}

#[test]
fn every_setting_is_documented_with_its_default_and_range() {
    let (documented, settings) = (documented(), settings());
    let names = |map: &BTreeMap<String, _>| map.keys().cloned().collect::<BTreeSet<_>>();
    let known: BTreeSet<String> = settings.keys().cloned().collect();
    assert_eq!(names(&documented), known, "{CONFIGURATION} and the settings differ");
    for (key, value) in settings {
        let (default, range) = &documented[&key];
        match value {
            Value::Float(number) => {
                let told: f64 = default.parse().unwrap();
                assert!((told - number).abs() < 1e-6, "{key}: {default} is not {number}");
            }
            Value::String(text) if key.starts_with("texts.") => assert_eq!(*default, text, "{key}"),
            Value::Array(items) if key == "texts.suggestions" => {
                assert_eq!(*default, format!("{} examples", items.len()), "{key}");
            }
            Value::Array(items) if key.ends_with("_actions") => {
                assert_eq!(*default, format!("{} actions", items.len()), "{key}");
            }
            Value::String(text) => assert_eq!(*default, text, "{key}"),
            value => assert_eq!(*default, value.to_string(), "{key}"),
        }
        if let Some(told) = range_of(&key) {
            assert_eq!(*range, told, "the range of {key}");
        }
    }
}

#[test]
fn the_examples_of_settings_are_accepted() {
    let text = fs::read_to_string(CONFIGURATION).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let examples: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 3);
    for example in examples {
        fs::write(&file, example).unwrap();
        let overrides = Overrides { config: Some(file.clone()), ..Overrides::default() };
        let config = load(&overrides).unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert_ne!(config, Config::default(), "{example}");
    }
}

/// The words that follow `ibid` where the text shows a command.
fn commands(text: &str) -> BTreeSet<String> {
    let shown = Regex::new(r"(?m)(?:^(?:\$ )?|`|\| |-- |/)ibid ((?:--\S+ \S+ )*)([a-z]+)\b").unwrap();
    shown.captures_iter(text).map(|found| found[2].to_owned()).collect()
}

#[test]
fn every_command_of_the_readme_exists_and_every_command_is_in_it() {
    let help = program::command(Path::new(".")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let exist: BTreeSet<String> = listed
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect();
    let listening = "listening".to_owned();
    let mut shown = commands(&fs::read_to_string("README.md").unwrap());
    shown.remove(&listening);
    assert_eq!(shown, exist);
    for manual in markdown_files() {
        for name in commands(&fs::read_to_string(&manual).unwrap()) {
            assert!(name == listening || exist.contains(&name), "{}: `ibid {name}`", manual.display());
        }
    }
}

/// Every Markdown file of the project, but not what tools have put there.
fn markdown_files() -> Vec<PathBuf> {
    let tools = ["target", "node_modules", "test-results", "artifacts", "generations"];
    walkdir::WalkDir::new(".")
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            !(tools.contains(&&*name) || entry.depth() > 0 && name.starts_with('.'))
        })
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect()
}

/// The anchors of a Markdown file, made of its headings as code hosts make them.
fn anchors(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn links_between_the_manuals_lead_somewhere() {
    let link = Regex::new(r#"\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)""#).unwrap();
    let mut checked = 0;
    for file in markdown_files() {
        let text = fs::read_to_string(&file).unwrap();
        for found in link.captures_iter(&text) {
            let target = found.get(1).or(found.get(2)).unwrap().as_str();
            if target.contains(':') {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            assert!(path.exists(), "{}: {target} is not there", file.display());
            let known = anchor.is_empty() || anchors(&path).contains(anchor);
            assert!(known, "{}: {target} names no heading", file.display());
            checked += 1;
        }
    }
    assert!(checked >= 10, "only {checked} links were found");
}

/// Names in the table `section` of a manifest.
fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let table: Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    table[section].as_table().unwrap().keys().cloned().collect()
}

/// Names in the `package.json` of `folder`; only an example may hand on what it depends on.
fn npm_packages(folder: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(format!("{folder}/package.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let is_example = folder.starts_with("examples/");
    assert_eq!(manifest.get("dependencies").is_some(), is_example, "{folder}");
    let table = if is_example { "dependencies" } else { "devDependencies" };
    manifest[table].as_object().unwrap().keys().cloned().collect()
}

/// Names in a file of requirements, each pinned to one version.
fn python_packages(file: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('-'));
    lines.map(|line| line.split_once("==").unwrap_or_else(|| panic!("{file}: {line}")).0.to_owned()).collect()
}

#[test]
fn the_dependencies_are_the_documented_ones() {
    let text = fs::read_to_string(DEPENDENCIES).unwrap();
    let (product, tests) = text.split_once("\n## For tests").unwrap();
    let named = |text: &str| -> BTreeSet<String> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
        let first = rows
            .filter_map(|row| row.split(" | ").next())
            .filter(|cell| !matches!(*cell, "crate" | "package"));
        first.flat_map(|cell| cell.split(", ")).map(|name| name.trim().to_owned()).collect()
    };
    let mut own = dependencies("Cargo.toml", "dependencies");
    for part in ["bert", "matmul8"] {
        own.extend(dependencies(&format!("crates/{part}/Cargo.toml"), "dependencies"));
    }
    assert_eq!(named(product), own);
    let mut expected = dependencies("Cargo.toml", "dev-dependencies");
    expected.extend(dependencies("fuzz/Cargo.toml", "dependencies"));
    expected.retain(|name| name != "ibid" && !named(product).contains(name));
    for folder in ["web", "tests/web", "tests/contract", "examples/node"] {
        expected.extend(npm_packages(folder));
    }
    for file in [
        "tests/contract/requirements.txt",
        "tests/helpdesk/requirements.txt",
        "examples/python/requirements.txt",
        "training/requirements.txt",
    ] {
        expected.extend(python_packages(file).into_iter().filter(|name| !named(product).contains(name)));
    }
    assert_eq!(named(tests), expected);
}

#[tokio::test]
async fn every_metric_is_documented() {
    let text = fs::read_to_string("docs/operations.md").unwrap();
    let server = Driver::start().await;
    server.post("/api/v1/ask", &serde_json::json!({"question": OFF_TOPIC})).await.ok();
    server.get("/nothing").await;
    let metrics = server.get("/metrics").await.ok().text();
    let names: Vec<&str> =
        metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert!(names.contains(&"ibid_questions") && names.contains(&"ibid_errors"), "{names:?}");
    for name in names {
        assert!(text.contains(&format!("`{name}")), "{name}");
    }
}
