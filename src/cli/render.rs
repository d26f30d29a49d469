//! An answer for people: quotes with their matches, where each stands, and the literature behind it.

use super::terminal::{Style, Terminal, clean_line, paragraphs, wrap};
use crate::answer::AnswerConfig;
use crate::protocol::{Answer, Bibliography, Citation, Notice, Reference};

/// The outcome whose exit code is 1.
pub(super) const NOT_FOUND: &str = "not_found";

/// Sets answers for one terminal.
#[derive(Debug, Clone)]
pub(super) struct Renderer {
    /// What the terminal can show.
    pub(super) terminal: Terminal,
    /// `http://HOST:PORT` of the server whose pages references lead to; without one they lead to where
    /// the document is published.
    pub(super) server: Option<String>,
}

impl Renderer {
    /// The whole answer; ends with a line break.
    pub(super) fn answer(&self, answer: &Answer<'_>) -> String {
        let mut out = String::new();
        if let Some(notice) = &answer.notice {
            out.push_str(&self.notice(notice));
        }
        if let Some(read_as) = &answer.read_as {
            out.push_str(&self.text("", &format!("Read as: {}", clean_line(read_as)), Some(Style::Dim)));
        }
        if let Some(message) = &answer.message {
            let style = (answer.outcome == "low_confidence").then_some(Style::Alert);
            out.push_str(&self.text("", message, style));
        } else if answer.outcome == NOT_FOUND {
            out.push_str(&self.text("", why_nothing(answer.reason.as_deref()), None));
        }
        for citation in &answer.citations {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.citation(citation));
        }
        out
    }

    fn citation(&self, citation: &Citation<'_>) -> String {
        let mut out = String::new();
        if let Some(lead_in) = &citation.lead_in {
            out.push_str(&self.text("  ", lead_in, Some(Style::Dim)));
        }
        let runs = citation.runs.iter().map(|run| (run.text.as_ref(), run.matches.then_some(Style::Bold)));
        let mut quote = paragraphs(runs);
        if quote.is_empty() {
            quote = paragraphs(std::iter::once((citation.quote.as_ref(), None)));
        }
        for paragraph in &quote {
            out.push_str(&wrap(self.terminal, "  ", paragraph));
        }
        out.push_str(&self.reference(citation));
        for entry in &citation.reference.bibliography {
            out.push_str(&self.literature(entry));
        }
        let mut facts = vec![format!("confidence: {}", in_words(citation.confidence))];
        if let Some(reviewed) = &citation.reference.reviewed {
            facts.insert(0, format!("reviewed {}", clean_line(reviewed)));
        }
        out.push_str(&self.text("    ", &facts.join(", "), Some(Style::Dim)));
        out
    }

    /// `Title › Section › Sub, lines 41-43 (document id)`.
    fn reference(&self, citation: &Citation<'_>) -> String {
        let reference = &citation.reference;
        let mut place = vec![clean_line(&reference.title)];
        place.extend(reference.section.iter().map(|heading| clean_line(heading)));
        place.dedup();
        let place = place.join(" \u{203a} ");
        let line = format!("{place}, {} ({})", extent(reference), clean_line(&reference.document));
        let set = wrap(self.terminal, "    ", &[(line, Some(Style::Accent))]);
        let Some(address) = self.address(citation) else { return set };
        // Each line is a link of its own: a link across an indentation would underline it.
        set.lines().map(|line| self.terminal.link(line, &address) + "\n").collect()
    }

    fn address(&self, citation: &Citation<'_>) -> Option<String> {
        let reference = &citation.reference;
        match &self.server {
            Some(server) if reference.link.starts_with('/') => Some(format!("{server}{}", reference.link)),
            _ => reference.url.as_deref().map(str::to_owned),
        }
    }

    fn literature(&self, entry: &Bibliography<'_>) -> String {
        let relation = if entry.relation == "cited" { "cites" } else { "see also" };
        let mut line = format!("{relation} [{}] {}", clean_line(&entry.label), clean_line(&entry.text));
        if let Some(url) = entry.url.as_deref().map(clean_line).filter(|url| !line.contains(url)) {
            line.push(' ');
            line.push_str(&url);
        }
        self.text("    ", &line, Some(Style::Dim))
    }

    fn notice(&self, notice: &Notice<'_>) -> String {
        let mut out = self.text("", &notice.title, Some(Style::Alert));
        out.push_str(&self.text("", &notice.text, None));
        for action in &notice.actions {
            let line = format!("{}: {}", clean_line(&action.label), clean_line(&action.href));
            out.push_str(&self.text("  ", &line, Some(Style::Bold)));
        }
        out
    }

    /// Text of one style, cleaned and wrapped.
    pub(super) fn text(&self, indent: &str, text: &str, style: Option<Style>) -> String {
        let set = paragraphs(std::iter::once((text, style)));
        set.iter().map(|paragraph| wrap(self.terminal, indent, paragraph)).collect()
    }
}

/// Pages, and for a format without them lines: those of a text taken out of pages nobody can count.
fn extent(reference: &Reference<'_>) -> String {
    match (reference.page, reference.last_page, reference.lines) {
        (Some(first), Some(last), _) => format!("pages {first}-{last}"),
        (Some(page), None, _) => format!("page {page}"),
        (None, _, (first, last)) if first == last => format!("line {first}"),
        (None, _, (first, last)) => format!("lines {first}-{last}"),
    }
}

/// From here on a confidence is high, whatever the settings.
const HIGH: f32 = 0.75;

/// How sure, in words. The bounds are those of the default `[answer]` settings, and [`HIGH`].
fn in_words(confidence: f64) -> &'static str {
    let AnswerConfig { answered_confidence, low_confidence, .. } = AnswerConfig::default();
    // In the precision of the settings: an `f64` of 0.4 is less than their 0.4.
    match confidence as f32 {
        sure if sure >= HIGH => "high",
        sure if sure >= answered_confidence => "fair",
        sure if sure >= low_confidence => "low",
        _ => "very low",
    }
}

fn why_nothing(reason: Option<&str>) -> &'static str {
    match reason {
        Some("empty") => "Nothing was asked.",
        Some("too_vague") => "Nothing found: the question does not say what it is about.",
        Some("language") => "Nothing found: the documents are in another language.",
        Some("off_topic") => "Nothing found: the documents do not deal with that.",
        _ => "Nothing found in these documents.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Answer<'static> {
        serde_json::from_value(json!({
            "outcome": "answered", "confidence": 0.9, "reason": null, "message": null, "notice": null,
            "citations": [{
                "rank": 1, "score": 3.0, "confidence": 0.9, "quote": "It works over weeks.",
                "runs": [{"text": "It works over ", "match": false}, {"text": "weeks", "match": true},
                         {"text": ".", "match": false}],
                "passage": "It works over weeks.", "lead_in": "How long:",
                "reference": {
                    "document": "a.md", "title": "A page", "section": ["A page", "Treatment", "PRRT"],
                    "lines": [41, 43], "page": null, "bytes": [1, 2], "revision": "", "sha256": "",
                    "url": "https://example.org/a", "link": "/documents/a.md?rev=1#b1-2",
                    "reviewed": "2025-01-02", "language": "en",
                    "bibliography": [{"label": "5", "text": "A study.", "url": "https://example.org/s",
                                      "doi": null, "relation": "cited"}]
                }
            }],
            "related": [], "index": "", "took_ms": 1.0
        }))
        .unwrap()
    }

    fn plain() -> Renderer {
        Renderer { terminal: Terminal::default(), server: None }
    }

    #[test]
    fn an_answer_shows_quote_place_literature_date_and_confidence() {
        let expected = "  How long:\n  It works over weeks.\n    A page \u{203a} Treatment \u{203a} PRRT, lines 41-43 (a.md)\n    \
                        cites [5] A study. https://example.org/s\n    reviewed 2025-01-02, confidence: high\n";
        assert_eq!(plain().answer(&answer()), expected);
    }

    #[test]
    fn a_quote_of_a_format_with_pages_is_placed_by_them() {
        for (last, expected) in [(None, "PRRT, page 3 (a.md)"), (Some(4), "PRRT, pages 3-4 (a.md)")] {
            let mut answer = answer();
            let reference = &mut answer.citations[0].reference;
            (reference.page, reference.last_page) = (Some(3), last);
            let shown = plain().answer(&answer);
            assert!(shown.contains(expected), "{shown}");
        }
    }

    #[test]
    fn on_a_terminal_matches_are_bold_and_the_reference_is_a_link_to_the_server() {
        let terminal = Terminal { escapes: true, width: Some(80) };
        let shown = Renderer { terminal, server: Some("http://127.0.0.1:1".into()) }.answer(&answer());
        assert!(shown.contains("over \u{1b}[1mweeks\u{1b}[0m."), "{shown:?}");
        assert!(shown.contains("\u{1b}]8;;http://127.0.0.1:1/documents/a.md?rev=1#b1-2\u{1b}\\"));
    }

    #[test]
    fn nothing_in_an_answer_reaches_the_terminal_as_an_escape() {
        let evil = "x\u{1b}]0;owned\u{7}\u{9b}2J";
        let mut answer = answer();
        answer.message = Some(evil.into());
        answer.read_as = Some(evil.into());
        let notice = Notice { kind: evil.into(), title: evil.into(), text: evil.into(), actions: Vec::new() };
        answer.notice = Some(notice);
        let citation = &mut answer.citations[0];
        citation.lead_in = Some(evil.into());
        citation.runs[0].text = evil.into();
        citation.reference.title = evil.into();
        citation.reference.section = vec![evil.into()];
        citation.reference.document = evil.into();
        citation.reference.reviewed = Some(evil.into());
        citation.reference.url = Some(evil.into());
        citation.reference.bibliography[0].text = evil.into();
        citation.reference.bibliography[0].label = evil.into();
        citation.reference.bibliography[0].url = Some(evil.into());
        let shown = plain().answer(&answer);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    }

    #[test]
    fn a_confidence_is_named_by_the_bounds_of_the_default_settings() {
        let AnswerConfig { answered_confidence, low_confidence, .. } = AnswerConfig::default();
        // As it is written: in decimals.
        let bound = |bound: f32| bound.to_string().parse::<f64>().unwrap();
        let (answered, low) = (bound(answered_confidence), bound(low_confidence));
        for (confidence, words) in [
            (1.0, "high"),
            (0.75, "high"),
            (0.7499, "fair"),
            (answered, "fair"),
            (answered - 0.0001, "low"),
            (low, "low"),
            (low - 0.0001, "very low"),
            (0.0, "very low"),
        ] {
            assert_eq!(in_words(confidence), words, "{confidence}");
        }
    }

    #[test]
    fn nothing_found_says_so_even_without_a_text_of_the_operator() {
        let answer = Answer { outcome: NOT_FOUND.into(), citations: Vec::new(), ..answer() };
        assert_eq!(plain().answer(&answer), "Nothing found in these documents.\n");
    }
}
