//! The one direction of dependencies between modules.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in order: each may use those before it and itself. Modules of one row do not use each other.
const LAYERS: &[&[&str]] = &[
    &["text"],
    &["document"],
    &["ingest"],
    &["embed"],
    &["judge"],
    &["index"],
    &["retrieve"],
    &["answer"],
    &["conversation"],
    &["store", "access"],
    &["config"],
    &["engine"],
    &["protocol"],
    &["adapters"],
    &["mcp"],
    &["server", "eval"],
    &["cli"],
];

#[test]
fn no_module_uses_one_below_it() {
    let mut wrong = Vec::new();
    for file in sources(Path::new("src")) {
        let Some(layer) = module_of(&file).and_then(|module| rank(&module)) else { continue };
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            assert!(!line.ends_with("use crate::{"), "{}: name the module on each line", file.display());
            for used in modules_named_in(line) {
                let Some(target) = rank(&used) else { continue };
                if target > layer || (target == layer && module_of(&file) != Some(used.clone())) {
                    wrong.push(format!("{}:{}: uses crate::{used}", file.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upward edges:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_place() {
    let manual = fs::read_to_string("docs/architecture.md").unwrap();
    let table = manual.split("\n## ").nth(1).unwrap();
    for line in fs::read_to_string("src/lib.rs").unwrap().lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(rank(module).is_some(), "`{module}` is in no layer: add it to LAYERS");
            assert!(table.contains(&format!("`{module}`")), "`{module}` is not in the table of modules");
        }
    }
}

#[test]
fn a_library_with_one_home_is_named_nowhere_else() {
    let homes = [
        ("tantivy", "src/index"),
        ("anyhow", "src/cli"),
        ("rten_simd", "src/embed"),
        ("bert", "src/embed"),
        ("rayon", "src/embed"),
        ("tokenizers", "src/embed"),
        ("rmcp", "src/mcp"),
        ("rusqlite", "src/store"),
        ("chacha20poly1305", "src/store"),
        ("hayro_font", "src/ingest/pdf"),
        ("hayro_syntax", "src/ingest/pdf"),
        ("quick_xml", "src/ingest/docx"),
        ("zip", "src/ingest/docx"),
    ];
    for (library, home) in homes {
        for file in sources(Path::new("src")) {
            let text = fs::read_to_string(&file).unwrap();
            let names = text.lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                code.contains(&format!("{library}::"))
            });
            assert!(
                !names || file.starts_with(home) || file.ends_with("main.rs"),
                "{} names {library}",
                file.display()
            );
        }
    }
}

#[test]
fn an_upward_edge_would_be_seen() {
    assert_eq!(modules_named_in("use crate::server::Server;"), ["server"]);
    assert_eq!(modules_named_in("use crate::{answer::Answer, text};"), ["answer", "text"]);
    assert!(rank("server") > rank("answer"));
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// The top-level module that `file` is part of.
fn module_of(file: &Path) -> Option<String> {
    let inner = file.strip_prefix("src").ok()?;
    let first = inner.components().next()?.as_os_str().to_str()?;
    Some(first.strip_suffix(".rs").unwrap_or(first).to_owned())
}

fn modules_named_in(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        let head =
            |name: &str| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        found.extend(names.into_iter().map(head).filter(|name| !name.is_empty()));
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}
