//! Settings from file, environment and flags.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

use super::{Config, DeskConfig, DeskKind, validate};

/// Prefix of environment variables that set a key: `IBID_SERVER__LISTEN` sets `server.listen`.
const ENV_PREFIX: &str = "IBID_";
/// The file read when none is named and it is there.
const DEFAULT_FILE: &str = "config.toml";
/// An unknown key is likely a known one that is at least this similar (Jaro-Winkler).
const SIMILAR: f64 = 0.8;

/// What the command line sets, over everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The configuration file; `None`: `config.toml` if it is there.
    pub config: Option<PathBuf>,
    /// `paths.corpus`.
    pub corpus: Option<PathBuf>,
    /// `paths.index`.
    pub index: Option<PathBuf>,
    /// `server.listen`.
    pub listen: Option<SocketAddr>,
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {detail}")]
pub struct Problem {
    /// File, environment variable or key.
    pub place: String,
    /// What is wrong and what to do about it.
    pub detail: String,
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} problem(s): {}", problems.len(), join(problems))]
pub struct ConfigError {
    /// Never empty.
    pub problems: Vec<Problem>,
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads the settings: defaults, then the file, then the environment, then `overrides`. Secrets, which only a server
/// needs, may be missing.
///
/// # Errors
/// All problems at once.
pub fn load(overrides: &Overrides) -> Result<Config, ConfigError> {
    load_from(overrides, environment(), |_| Vec::new()).whole()
}

/// The same with the secrets.
///
/// # Errors
/// All problems at once, those with the secrets too.
pub fn load_with_secrets(overrides: &Overrides) -> Result<Config, ConfigError> {
    load_what_fits(overrides).whole()
}

/// The same with the secrets, and what fits beside the problems.
#[must_use]
pub fn load_what_fits(overrides: &Overrides) -> Loaded {
    load_from(overrides, environment(), validate::problems_of_secrets)
}

/// Settings, and what is wrong with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Every setting. One that is of another type than its key, or a number out of its range, has its default.
    pub config: Config,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// Whether the file, where there is one, could be read. If not, `config` holds nothing of it.
    pub is_file_read: bool,
}

impl Loaded {
    fn whole(self) -> Result<Config, ConfigError> {
        let Self { config, problems, .. } = self;
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }
}

fn environment() -> impl Iterator<Item = (String, OsString)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
}

fn load_from(
    overrides: &Overrides,
    environment: impl Iterator<Item = (String, OsString)>,
    check_secrets: fn(&Config) -> Vec<Problem>,
) -> Loaded {
    let mut problems = Vec::new();
    let read = read_file(overrides, &mut problems);
    let is_file_read = problems.is_empty();
    let defaults = defaults(read.as_ref().map(|(_, table)| table));
    let mut merged = defaults.clone();
    if let Some((place, table)) = read {
        merge(&mut merged, table, "", &place, &mut problems);
    }
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix(ENV_PREFIX) {
            set_from_environment(&mut merged, &name, path, &value, &mut problems);
        }
    }
    refuse_misfits(&mut merged, &defaults, "", &|table| table, &mut problems);
    let mut config = Config::default();
    match Config::deserialize(Value::Table(merged.clone())) {
        Ok(read) => config = read,
        Err(error) => {
            problems.push(Problem { place: "configuration".into(), detail: error.message().into() })
        }
    }
    apply(overrides, &mut config);
    let wrong = [validate::problems(&config), check_secrets(&config)].concat();
    if put_numbers_back(&mut merged, &defaults, &wrong)
        && let Ok(read) = Config::deserialize(Value::Table(merged))
    {
        config = read;
        apply(overrides, &mut config);
    }
    problems.extend(wrong);
    Loaded { config, problems, is_file_read }
}

/// Gives every number that `problems` name its default, and says whether there was any: one out of its range is
/// of no use to whoever goes on with the rest.
fn put_numbers_back(merged: &mut Table, defaults: &Table, problems: &[Problem]) -> bool {
    let mut any = false;
    for problem in problems {
        let Some((sections, key)) = problem.place.rsplit_once('.') else { continue };
        let (mut table, mut default) = (Some(&mut *merged), Some(defaults));
        for section in sections.split('.') {
            table = table.and_then(|table| table.get_mut(section)).and_then(Value::as_table_mut);
            default = default.and_then(|table| table.get(section)).and_then(Value::as_table);
        }
        let default = default.and_then(|table| table.get(key));
        let Some((value, default)) = table.and_then(|table| table.get_mut(key)).zip(default) else {
            continue;
        };
        if value.is_integer() || value.is_float() {
            *value = default.clone();
            any = true;
        }
    }
    any
}

fn apply(overrides: &Overrides, config: &mut Config) {
    if let Some(corpus) = &overrides.corpus {
        config.paths.corpus.clone_from(corpus);
    }
    if let Some(index) = &overrides.index {
        config.paths.index.clone_from(index);
    }
    if let Some(listen) = overrides.listen {
        config.server.listen = listen;
    }
}

/// Every key with its default; those of the desks that `file` names, too.
fn defaults(file: Option<&Table>) -> Table {
    let mut config = Config::default();
    let desks = file.and_then(|file| file.get("desks")).and_then(Value::as_table);
    for (name, desk) in desks.into_iter().flatten() {
        let kind = desk.get("kind").cloned().and_then(|kind| DeskKind::deserialize(kind).ok());
        config.desks.insert(name.clone(), DeskConfig::of(kind.unwrap_or_default()));
    }
    match Value::try_from(config) {
        Ok(Value::Table(table)) => table,
        _ => Table::new(),
    }
}

fn read_file(overrides: &Overrides, problems: &mut Vec<Problem>) -> Option<(String, Table)> {
    let path = overrides.config.clone().unwrap_or_else(|| DEFAULT_FILE.into());
    let place = path.display().to_string();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if overrides.config.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return None;
        }
        Err(error) => {
            problems.push(Problem { place, detail: format!("cannot be read: {error}") });
            return None;
        }
    };
    match text.parse::<Table>() {
        Ok(table) => Some((place, table)),
        Err(error) => {
            let line =
                error.span().map_or(1, |span| 1 + text.get(..span.start).unwrap_or("").matches('\n').count());
            problems.push(Problem { place: format!("{place}:{line}"), detail: error.message().to_owned() });
            None
        }
    }
}

/// Lays `over` on `base`, key by key; what does not fit is a problem and leaves the default.
fn merge(base: &mut Table, over: Table, prefix: &str, place: &str, problems: &mut Vec<Problem>) {
    for (key, value) in over {
        let path = format!("{prefix}{key}");
        let Some(known) = base.get_mut(&key) else {
            problems.push(unknown(place, &path, &key, base));
            continue;
        };
        match (known, value) {
            (Value::Table(inner), Value::Table(value)) => {
                merge(inner, value, &format!("{path}."), place, problems);
            }
            (known, value) => match fit(known, value) {
                Ok(value) => *known = value,
                Err(detail) => problems.push(Problem { place: format!("{place}: {path}"), detail }),
            },
        }
    }
}

fn unknown(place: &str, path: &str, key: &str, known: &Table) -> Problem {
    let nearest = known
        .keys()
        .map(|candidate| (strsim::jaro_winkler(candidate, key), candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity >= SIMILAR);
    let above = path.rsplit_once('.').map(|(above, _)| format!("{above}.")).unwrap_or_default();
    let detail = match (section_of(key, known), nearest) {
        (Some(section), _) => format!("there is no such key; did you mean `{key}` in `[{above}{section}]`?"),
        (None, Some((_, candidate))) => format!("there is no such key; did you mean `{candidate}`?"),
        (None, None) if known.is_empty() => "there is no such section in the configuration file".into(),
        (None, None) => {
            let keys: Vec<&str> = known.keys().map(String::as_str).collect();
            format!("there is no such key; here are: {}", keys.join(", "))
        }
    };
    Problem { place: format!("{place}: {path}"), detail }
}

/// The one section among `known` that has this key.
fn section_of<'a>(key: &str, known: &'a Table) -> Option<&'a str> {
    let has_it = |value: &Value| value.as_table().is_some_and(|section| section.contains_key(key));
    let mut sections = known.iter().filter(|(_, value)| has_it(value)).map(|(name, _)| name.as_str());
    sections.next().filter(|_| sections.next().is_none())
}

/// Puts the default back where a value has the type of its key and still is none for it, such as a text
/// that is no address. `whole` makes a table of all settings from one that is at this place in it.
fn refuse_misfits(
    merged: &mut Table,
    defaults: &Table,
    prefix: &str,
    whole: &dyn Fn(Table) -> Table,
    problems: &mut Vec<Problem>,
) {
    for (key, default) in defaults {
        let path = format!("{prefix}{key}");
        let alone = |value: Value| whole(Table::from_iter([(key.clone(), value)]));
        match (merged.get_mut(key), default) {
            (Some(Value::Table(inner)), Value::Table(default)) => {
                let whole = |table: Table| alone(Value::Table(table));
                refuse_misfits(inner, default, &format!("{path}."), &whole, problems);
            }
            (Some(value), default) if *value != *default => {
                let try_it = |value: Value| Config::deserialize(Value::Table(alone(value)));
                if let Err(error) = try_it(value.clone()) {
                    let detail = match value.as_integer() {
                        Some(number) if number < 0 => {
                            format!("{number} is out of range; use a number of 0 or more")
                        }
                        Some(number) => format!("{number} is out of range; use a smaller number"),
                        None => {
                            let misfit = misfit(value, |value| try_it(value).is_err());
                            format!("{misfit}{}{}", error.message().trim(), wanted(&path))
                        }
                    };
                    problems.push(Problem { place: path, detail });
                    value.clone_from(default);
                }
            }
            _ => {}
        }
    }
}

/// The text that is none for its key, of a list the first that is, to stand before what is wrong with it.
fn misfit(value: &Value, is_wrong: impl Fn(Value) -> bool) -> String {
    let text = match value {
        Value::Array(items) => {
            items.iter().find(|&item| is_wrong(Value::Array(vec![item.clone()]))).and_then(Value::as_str)
        }
        value => value.as_str(),
    };
    text.map(|text| format!("`{text}`: ")).unwrap_or_default()
}

/// What is wanted of a key whose type does not say it by itself.
fn wanted(path: &str) -> &'static str {
    match path {
        "server.listen" => {
            "; write numbers, as in 127.0.0.1:7878 or [::1]:7878: a name of a host goes with `--listen` only"
        }
        "server.trusted_proxies" => "; write one address for each, as in 10.0.0.7, and no networks",
        _ => "",
    }
}

/// `value` as the type that `known` has, or what is wrong with it.
fn fit(known: &Value, value: Value) -> Result<Value, String> {
    match (known, value) {
        (Value::Float(_), Value::Integer(whole)) => Ok(Value::Float(whole as f64)),
        (Value::Array(_), Value::Array(items)) if items.iter().all(Value::is_str) => Ok(Value::Array(items)),
        (Value::Array(_), _) => Err("a list of texts is wanted, as in [\"one\", \"two\"]".into()),
        (known, value) if known.same_type(&value) => Ok(value),
        (known, value) => Err(format!("{} is wanted, not {}", name(known), name(&value))),
    }
}

const fn name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

fn set_from_environment(
    merged: &mut Table,
    name: &str,
    path: &str,
    value: &OsStr,
    problems: &mut Vec<Problem>,
) {
    let path = path.to_lowercase();
    let Some((sections, key)) = path.rsplit_once("__") else { return };
    let mut table = merged;
    for section in sections.split("__") {
        if !matches!(table.get(section), Some(Value::Table(_))) {
            problems.push(unknown("environment", name, section, table));
            return;
        }
        let Some(Value::Table(inner)) = table.get_mut(section) else { return };
        table = inner;
    }
    if !table.contains_key(key) {
        problems.push(unknown("environment", name, key, table));
        return;
    }
    let Some(known) = table.get_mut(key) else { return };
    let text = value.to_str().ok_or_else(|| "its value is not UTF-8".to_owned());
    match text.and_then(|text| parse_as(known, text)) {
        Ok(value) => *known = value,
        Err(detail) => problems.push(Problem { place: format!("environment: {name}"), detail }),
    }
}

/// An environment variable's text as the type of `known`; lists are separated by commas.
fn parse_as(known: &Value, text: &str) -> Result<Value, String> {
    let wrong = || format!("{} is wanted, not `{text}`", name(known));
    match known {
        Value::String(_) => Ok(Value::String(text.to_owned())),
        Value::Integer(_) => text.trim().parse().map(Value::Integer).map_err(|_| wrong()),
        Value::Float(_) => text.trim().parse().map(Value::Float).map_err(|_| wrong()),
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| wrong()),
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()))
        }
        Value::Datetime(_) | Value::Table(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests;
