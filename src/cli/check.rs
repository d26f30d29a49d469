//! `ibid check`: every problem with configuration, corpus and index at once, each with its place and
//! remedy.

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::args::{CheckArgs, Globals};
use super::progress::BuildProgress;
use super::terminal::{Style, Terminal, clean_line};
use super::{Exit, report};
use crate::access::ApiKeys;
use crate::config::{self, Anonymous, Config, ConfigError};
use crate::embed::Encoder;
use crate::engine::{Engine, IndexState, index_state};
use crate::ingest::{IngestReport, load_corpus, survey};
use crate::judge::Judge;

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
}

/// Looks everything over and lists what was found.
pub(super) fn execute(globals: &Globals, args: &CheckArgs) -> Result<Exit> {
    let mut findings = Findings::default();
    let config = findings.configuration(globals);
    findings.safety(&config);
    findings.corpus(&config);
    findings.models(&config);
    findings.keys(&config);
    findings.index(config, globals);
    let ok = findings.errors() == 0;
    let terminal = Terminal::detect();
    let shown = if args.json {
        let corpus = findings.corpus.as_ref();
        let documents = corpus.map(|report| report.documents);
        let passages = corpus.map(|report| report.passages);
        let value = json!({"ok": ok, "documents": documents, "passages": passages, "red_flags": findings.red_flags, "problems": findings.findings});
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

    /// The settings; where they have problems, the defaults with the folders that are named, so that the
    /// rest can be looked over all the same.
    fn configuration(&mut self, globals: &Globals) -> Config {
        match config::load_with_secrets(&globals.overrides(None)) {
            Ok(config) => config,
            Err(ConfigError { problems }) => {
                for problem in problems {
                    self.add(Severity::Error, "configuration", &problem.place, &problem.detail, None);
                }
                fallback(globals)
            }
        }
    }

    /// The list of red flags, and whether the numbers of the notices are the operator's own.
    fn safety(&mut self, config: &Config) {
        if let Ok(flags) = config.safety.red_flags() {
            let patterns = report::counted(flags.count() as u64, "pattern");
            self.red_flags = Some(format!("version {}, {patterns}", flags.version()));
        }
        if config.safety.has_default_numbers() {
            let detail = "the telephone numbers shown to people in danger are those of the defaults";
            let remedy = "set emergency_actions and crisis_actions to the numbers of your country and clinic";
            self.add(Severity::Warning, "safety", "safety", detail, Some(remedy));
        }
    }

    fn corpus(&mut self, config: &Config) {
        let root = &config.paths.corpus;
        let place = root.display().to_string();
        let read = survey(root).and_then(|survey| {
            load_corpus(root, &survey, &config.ingest, &mut BuildProgress::new(), &mut |_| Ok(()))
        });
        let report = match read {
            Ok(report) => report,
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
        if report.documents == 0 {
            let remedy = "put .txt, .md, .html or .jsonl files there";
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

    /// Reads the file of keys.
    fn keys(&mut self, config: &Config) {
        let path = &config.access.keys;
        if path.as_os_str().is_empty() {
            if config.access.anonymous == Anonymous::None {
                let detail = "nobody may ask without a key, and there are no keys";
                let remedy = "name a file with `access.keys` and make a key with `ibid key new`";
                self.add(Severity::Warning, "access", "access.anonymous", detail, Some(remedy));
            }
            return;
        }
        if let Err(error) = ApiKeys::read(path) {
            let detail = format!("{:#}", anyhow::Error::new(error));
            let remedy = "name a file that `ibid key new` made, or one that is not there yet";
            self.add(Severity::Error, "access", "access.keys", &detail, Some(remedy));
        }
    }

    fn index(&mut self, config: Config, globals: &Globals) {
        let place = config.paths.index.display().to_string();
        let remedy = globals.repair_command();
        let remedy = remedy.as_deref().unwrap_or("ibid index --rebuild");
        let (severity, detail) = match index_state(&config) {
            // That the corpus cannot be read has been told.
            Err(_) => return,
            Ok(IndexState::Fresh) => match Engine::new(config.into()).load() {
                Ok(()) => return,
                Err(error) => (Severity::Error, format!("{:#}", anyhow::Error::new(error))),
            },
            Ok(IndexState::Broken(error)) => (Severity::Error, format!("{:#}", anyhow::Error::new(error))),
            Ok(IndexState::Missing) => {
                (Severity::Warning, "there is none yet; it is built at the start".into())
            }
            Ok(IndexState::Outdated { why }) => {
                (Severity::Warning, format!("{why}; it is built anew at the start"))
            }
        };
        self.add(severity, "index", &place, &detail, Some(remedy));
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
        let (errors, warnings) = (report::counted(errors, "error"), report::counted(warnings, "warning"));
        out.push_str(&format!("{errors}, {warnings}\n"));
        out
    }
}

/// The defaults, with the folders that flags or a configuration with other problems name.
fn fallback(globals: &Globals) -> Config {
    let mut config = Config::default();
    let file = globals.config.clone().unwrap_or_else(|| PathBuf::from("config.toml"));
    let table = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let named = |key: &str| {
        let paths = table.as_ref()?.get("paths")?;
        Some(PathBuf::from(paths.get(key)?.as_str()?))
    };
    if let Some(corpus) = globals.corpus.clone().or_else(|| named("corpus")) {
        config.paths.corpus = corpus;
    }
    if let Some(index) = globals.index.clone().or_else(|| named("index")) {
        config.paths.index = index;
    }
    config
}
