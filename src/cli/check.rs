//! `ibid check`: every problem with configuration, corpus and index at once, each with its place and
//! remedy.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::args::{CheckArgs, Globals};
use super::terminal::{Style, Terminal, clean_line};
use super::{Exit, prepare, report};
use crate::access::{ApiKey, ApiKeys, Scope};
use crate::answer::Outcome;
use crate::config::{self, Anonymous, Config, Loaded, UnansweredConfig};
use crate::embed::Encoder;
use crate::engine::{AskError, Engine, IndexState, index_state};
use crate::index::OpenError;
use crate::ingest::{IngestError, IngestReport};
use crate::judge::Judge;
use crate::retrieve::Question;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Severity {
    /// `ibid serve` will not serve.
    Error,
    /// It will, but not everything or not at once.
    Warning,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    severity: Severity,
    area: &'static str,
    place: String,
    detail: String,
    remedy: Option<String>,
}

/// What a check gathers.
#[derive(Debug, Default)]
struct Findings {
    findings: Vec<Finding>,
    corpus: Option<IngestReport>,
    red_flags: Option<String>,
    /// Whether questions that were asked in vain are kept, where and for how long.
    unanswered: Option<String>,
    /// What became of the example questions.
    suggestions: Option<String>,
}

/// Looks everything over and lists what was found.
pub(super) fn execute(globals: &Globals, args: &CheckArgs) -> Result<Exit> {
    let mut findings = Findings::default();
    let Loaded { config, problems, is_file_read } = config::load_what_fits(&globals.overrides(None));
    for problem in &problems {
        findings.add(Severity::Error, "configuration", &problem.place, &problem.detail, None);
    }
    // Of a file that cannot be read nothing is known: not even where the documents are.
    if is_file_read {
        findings.safety(&config);
        findings.corpus(&config);
        findings.models(&config);
        findings.keys(&config);
        findings.files(&config);
        findings.unanswered = Some(unanswered_kept(&config.unanswered));
    }
    // How documents are read is only known where all settings are.
    if problems.is_empty() {
        findings.index(config, globals);
    }
    let ok = findings.errors() == 0;
    let terminal = Terminal::detect();
    let shown = if args.json {
        let corpus = findings.corpus.as_ref();
        let documents = corpus.map(|report| report.documents);
        let passages = corpus.map(|report| report.passages);
        let value = json!({"ok": ok, "documents": documents, "passages": passages, "red_flags": findings.red_flags, "unanswered": findings.unanswered, "suggestions": findings.suggestions, "problems": findings.findings});
        format!("{value:#}\n")
    } else {
        findings.text(terminal)
    };
    terminal.print(&shown)?;
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

impl Findings {
    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    fn add(
        &mut self,
        severity: Severity,
        area: &'static str,
        place: &str,
        detail: &str,
        remedy: Option<&str>,
    ) {
        let remedy = remedy.map(clean_line);
        self.findings.push(Finding {
            severity,
            area,
            place: clean_line(place),
            detail: clean_line(detail),
            remedy,
        });
    }

    /// The list of red flags, and whether the notices are the operator's own.
    fn safety(&mut self, config: &Config) {
        if let Ok(flags) = config.safety.red_flags() {
            let patterns = report::counted(flags.count() as u64, "pattern");
            self.red_flags = Some(format!("version {}, {patterns}", flags.version()));
        }
        let shipped = config.safety.shipped_numbers();
        if !shipped.is_empty() {
            let keys: Vec<String> = shipped.iter().map(|key| format!("safety.{key}")).collect();
            let detail = "the telephone numbers shown to people in danger are those of the defaults";
            let remedy = "set them to the numbers of your country and clinic";
            self.add(Severity::Warning, "safety", &keys.join(", "), detail, Some(remedy));
        }
        for key in config.safety.without_actions() {
            let detail = "people in danger are offered nothing to press";
            let remedy = "name a number, as in [\"Call 112 | tel:112\"]";
            self.add(Severity::Warning, "safety", &format!("safety.{key}"), detail, Some(remedy));
        }
    }

    fn corpus(&mut self, config: &Config) {
        let root = &config.paths.corpus;
        let place = root.display().to_string();
        let report = match prepare::read_corpus(config) {
            Ok(report) => report,
            // The settings have been told.
            Err(IngestError::InvalidPattern(_)) => return,
            Err(error) => {
                let detail = format!("{:#}", anyhow::Error::new(error));
                let remedy = "name the folder of the documents with --corpus or `paths.corpus`";
                return self.add(Severity::Error, "corpus", &place, &detail, Some(remedy));
            }
        };
        for skip in &report.skipped {
            self.add(Severity::Warning, "corpus", &skip.place, &format!("skipped: {}", skip.reason), None);
        }
        let unlisted = report.skipped_total.saturating_sub(report.skipped.len() as u64);
        if unlisted > 0 {
            self.add(Severity::Warning, "corpus", &place, &format!("{unlisted} more were skipped"), None);
        }
        for note in &report.notes {
            self.add(Severity::Warning, "corpus", &note.place, &note.detail, None);
        }
        let unlisted = report.notes_total.saturating_sub(report.notes.len() as u64);
        if unlisted > 0 {
            self.add(Severity::Warning, "corpus", &place, &format!("{unlisted} more are worth a look"), None);
        }
        if lies_in(&config.paths.index, root) {
            let detail =
                "it lies in the folder of the documents: what is in it is read as documents, or skipped";
            let remedy = "name another folder with --index or `paths.index`, and remove this one";
            let index = config.paths.index.display().to_string();
            self.add(Severity::Warning, "index", &index, detail, Some(remedy));
        }
        if report.documents == 0 {
            let remedy = "put .docx, .pdf, .txt, .md, .html or .jsonl files there";
            self.add(Severity::Error, "corpus", &place, "there is no document to serve", Some(remedy));
        }
        self.corpus = Some(report);
    }

    /// Loads the models; without the encoder passages are found by words alone, without the judge answers are not judged.
    fn models(&mut self, config: &Config) {
        if !config.encoder.enabled {
            return;
        }
        let encoder = Encoder::load(&config.encoder).err().map(anyhow::Error::new);
        let judge = Judge::load(&config.judge).err().map(anyhow::Error::new);
        for (area, path, error) in
            [("encoder", &config.encoder.path, encoder), ("judge", &config.judge.path, judge)]
        {
            let Some(error) = error else { continue };
            let (place, detail) = (path.display().to_string(), format!("{error:#}"));
            let remedy = format!("name the folder of a fitting model with `{area}.path`, or leave it empty");
            self.add(Severity::Warning, area, &place, &detail, Some(&remedy));
        }
    }

    /// Reads the file of keys, and looks whether anybody can ask.
    fn keys(&mut self, config: &Config) {
        let path = &config.access.keys;
        let is_named = !path.as_os_str().is_empty();
        let keys = match is_named.then(|| ApiKeys::read(path)).transpose() {
            Ok(keys) => keys.unwrap_or_default(),
            Err(error) => {
                let detail = format!("{:#}", anyhow::Error::new(error));
                let remedy = "name a file that `ibid key new` made, or one that is not there yet";
                return self.add(Severity::Error, "access", "access.keys", &detail, Some(remedy));
            }
        };
        if config.access.anonymous == Anonymous::None && !keys.iter().any(may_ask) {
            let detail = "nobody may ask without a key, and there is no key to ask with";
            let remedy = match is_named {
                true => "make one with `ibid key new`, with the scope ask, chat, search or visitors",
                false => "name a file with `access.keys` and make a key with `ibid key new`",
            };
            self.add(Severity::Warning, "access", "access.anonymous", detail, Some(remedy));
        }
    }

    /// Looks whether the files that a server writes can be there. Makes none: they would be this user's.
    fn files(&mut self, config: &Config) {
        let Config { sessions, unanswered, deliveries, desks, .. } = config;
        let files = [
            ("sessions.path", &sessions.path, sessions.is_kept()),
            ("unanswered.path", &unanswered.path, unanswered.is_kept()),
            ("deliveries.path", &deliveries.path, !desks.is_empty()),
        ];
        for (key, path, is_used) in files {
            let Some(error) = is_used.then(|| can_be_written(path)).and_then(Result::err) else { continue };
            let detail = format!("the file {} cannot be opened or made: {error}", path.display());
            let remedy = "name a file in a folder that is there and belongs to the user of the service";
            self.add(Severity::Error, "files", key, &detail, Some(remedy));
        }
    }

    fn index(&mut self, config: Config, globals: &Globals) {
        let config = Arc::new(config);
        let rebuild = globals.repair_command().unwrap_or_else(|| "ibid index --rebuild".into());
        let (severity, detail, remedy) = match index_state(&config) {
            // That the corpus cannot be read has been told.
            Err(_) => return,
            Ok(IndexState::Fresh) => {
                let engine = Engine::new(Arc::clone(&config));
                match engine.load() {
                    Ok(()) => return self.suggestions(&engine),
                    Err(error) => unusable(&config, error, rebuild),
                }
            }
            Ok(IndexState::Broken(error)) => unusable(&config, error, rebuild),
            Ok(IndexState::Missing) => {
                (Severity::Warning, "there is none yet; it is built at the start".into(), rebuild)
            }
            Ok(IndexState::Outdated { why }) => {
                (Severity::Warning, format!("{why}; it is built anew at the start"), rebuild)
            }
        };
        let place = config.paths.index.display().to_string();
        self.add(severity, "index", &place, &detail, Some(&remedy));
    }

    /// Asks the example questions, as patients do who press one.
    fn suggestions(&mut self, engine: &Engine) {
        let config = engine.config();
        let asked = &config.texts.suggestions;
        if engine.lacks_vectors() {
            self.suggestions = Some("not asked, since `ibid index` has not made the vectors yet".into());
            return;
        }
        for text in asked {
            let Some(detail) = unanswered(engine, text) else { continue };
            let remedy = "replace it with a question that your documents answer";
            let detail = format!("`{text}` {detail}");
            self.add(Severity::Warning, "texts", "texts.suggestions", &detail, Some(remedy));
        }
        self.suggestions = Some(format!("{} asked", report::counted(asked.len() as u64, "question")));
    }

    fn text(&self, terminal: Terminal) -> String {
        let mut out = String::new();
        for finding in &self.findings {
            let Finding { severity, area, place, detail, remedy } = finding;
            let label = match severity {
                Severity::Error => terminal.paint(Style::Alert, "error"),
                Severity::Warning => terminal.paint(Style::Bold, "warning"),
            };
            out.push_str(&format!("{label}: {area}: {place}: {detail}\n"));
            if let Some(remedy) = remedy {
                out.push_str(&format!("  remedy: {remedy}\n"));
            }
        }
        let errors = self.errors() as u64;
        let warnings = self.findings.len() as u64 - errors;
        if let Some(corpus) = &self.corpus {
            let documents = report::counted(corpus.documents, "document");
            let passages = report::counted(corpus.passages, "passage");
            out.push_str(&format!("corpus: {documents}, {passages}\n"));
        }
        if let Some(flags) = &self.red_flags {
            out.push_str(&format!("red flags: {flags}\n"));
        }
        if let Some(unanswered) = &self.unanswered {
            out.push_str(&format!("unanswered questions: {unanswered}\n"));
        }
        if let Some(suggestions) = &self.suggestions {
            out.push_str(&format!("suggestions: {suggestions}\n"));
        }
        let (errors, warnings) = (report::counted(errors, "error"), report::counted(warnings, "warning"));
        out.push_str(&format!("{errors}, {warnings}\n"));
        out
    }
}

/// Whether questions that were asked in vain are kept, where and for how long.
fn unanswered_kept(config: &UnansweredConfig) -> String {
    if !config.is_kept() {
        return "not kept".into();
    }
    let path = clean_line(&config.path.display().to_string());
    let days = report::counted(config.retention_days, "day");
    let of = if config.low_confidence { ", those answered with a caution too" } else { "" };
    format!("kept in {path} for {days}, at most {}{of}", config.max_entries)
}

/// Whether a file at `path` can be written, or made where there is none. Changes nothing.
fn can_be_written(path: &Path) -> io::Result<()> {
    match path.metadata() {
        // Not opened: a pipe would wait for a reader.
        Ok(found) if !found.is_file() => Err(io::Error::other("it is no file")),
        Ok(_) => OpenOptions::new().append(true).open(path).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            match folder.unwrap_or(Path::new(".")).metadata()?.is_dir() {
                true => Ok(()),
                false => Err(io::ErrorKind::NotADirectory.into()),
            }
        }
        Err(error) => Err(error),
    }
}

/// Whether the folder `inner`, which need not be there, is `outer` or below it.
fn lies_in(inner: &Path, outer: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    matches!((real(inner), real(outer)), (Ok(inner), Ok(outer)) if inner.starts_with(&outer))
}

/// Whether patients or programs can ask with this key.
fn may_ask(key: &ApiKey) -> bool {
    let asking = [Scope::Ask, Scope::Chat, Scope::Search, Scope::Visitors];
    key.scopes.iter().any(|scope| asking.contains(scope))
}

/// An index that is there and cannot be read, and what helps.
fn unusable(config: &Config, error: OpenError, rebuild: String) -> (Severity, String, String) {
    match error {
        OpenError::Io { path, source } if prepare::is_denied(&source) => {
            let remedy = prepare::remedy_of_denial(&config.paths.index, &path);
            (Severity::Error, format!("cannot read {}: {source}", path.display()), remedy)
        }
        error => (Severity::Error, format!("{:#}", anyhow::Error::new(error)), rebuild),
    }
}

/// What a patient gets in place of an answer to `text`; `None` where it is answered.
fn unanswered(engine: &Engine, text: &str) -> Option<String> {
    let question = match Question::new(text, engine.config().answer.max_question_chars) {
        Ok(question) => question,
        Err(error) => return Some(format!("is refused: {error}")),
    };
    match engine.ask(&question).map(|answer| answer.outcome) {
        Ok(Outcome::NotFound) => Some("is not answered by the documents".into()),
        Ok(Outcome::LowConfidence) => Some("is not surely answered by the documents".into()),
        Ok(_) => None,
        Err(error) => Some(failed(error)),
    }
}

fn failed(error: AskError) -> String {
    format!("cannot be asked: {:#}", anyhow::Error::new(error))
}
