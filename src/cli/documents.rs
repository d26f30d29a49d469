//! `ibid documents`: the documents as they were read, so that a leaflet that is overdue for review, or has no date, is
//! seen.

use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::args::{DocumentsArgs, Globals};
use super::terminal::{Terminal, clean_line};
use super::{Exit, prepare, report};
use crate::document::Document;
use crate::engine::Engine;

/// Lists the documents of the index.
pub(super) fn execute(globals: &Globals, args: &DocumentsArgs) -> Result<Exit> {
    let mut config = prepare::settings(&globals.overrides(None))?;
    // Nothing is asked.
    config.encoder.enabled = false;
    let engine = Engine::new(Arc::new(config));
    prepare::load_current(&engine, globals)?;
    let mut lines = Vec::new();
    for summary in engine.documents(0, usize::MAX)? {
        let Some(document) = engine.document(summary.id.as_str())? else { continue };
        let reviewed = document.metadata.reviewed.as_deref();
        if args.reviewed_before.is_none_or(|day| is_overdue(reviewed, day)) {
            lines.push(Line::of(&document));
        }
    }
    let total = engine.stats().documents;
    let shown = if args.json {
        format!("{:#}\n", json!({"documents": lines, "total": total}))
    } else {
        let listed: String = lines.iter().map(Line::text).collect();
        format!("{listed}{} of {total}\n", report::counted(lines.len() as u64, "document"))
    };
    Terminal::detect().print(&shown)?;
    Ok(Exit::Done)
}

/// Whether a document with this date was last reviewed before `day`, or nobody can tell. A month counts as its first
/// day.
fn is_overdue(reviewed: Option<&str>, day: Date) -> bool {
    let date = |text: &str| text.parse::<Date>().or_else(|_| format!("{text}-01").parse()).ok();
    reviewed.and_then(date).is_none_or(|reviewed| reviewed < day)
}

/// A document as it is listed.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    title: String,
    url: Option<String>,
    language: Option<String>,
    reviewed: Option<String>,
    passages: usize,
}

impl Line {
    fn of(document: &Document) -> Self {
        let metadata = document.metadata.clone();
        Self {
            id: document.id.as_str().to_owned(),
            title: metadata.title,
            url: metadata.url,
            language: metadata.language,
            reviewed: metadata.reviewed,
            passages: document.passages.len(),
        }
    }

    fn text(&self) -> String {
        let or_none = |text: &Option<String>| text.as_deref().map_or_else(|| "-".into(), clean_line);
        let (reviewed, language, url) =
            (or_none(&self.reviewed), or_none(&self.language), or_none(&self.url));
        let (id, title) = (clean_line(&self.id), clean_line(&self.title));
        let passages = report::counted(self.passages as u64, "passage");
        format!("{reviewed}  {language}  {passages}  {id}  {title}  {url}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_overdue_before_the_day_and_where_its_date_is_not_known() {
        let day = "2024-06-15".parse().unwrap();
        for (reviewed, expected) in [
            (Some("2024-06-14"), true),
            (Some("2024-06-15"), false),
            (Some("2024-06"), true),
            (Some("2024-07"), false),
            (Some("last spring"), true),
            (None, true),
        ] {
            assert_eq!(is_overdue(reviewed, day), expected, "{reviewed:?}");
        }
    }
}
