//! What became of a corpus, for people and as JSON.

use serde_json::{Value, json};

use super::terminal::clean_line;
use crate::ingest::IngestReport;

/// The report as lines; `verbose` lists the boilerplate too.
pub(super) fn text(report: &IngestReport, verbose: bool) -> String {
    let mut out = format!(
        "{}, {} from {} in {:.2} s ({:.1} MB/s)\n",
        counted(report.documents, "document"),
        counted(report.passages, "passage"),
        size(report.bytes),
        report.took.as_secs_f64(),
        speed(report),
    );
    out.push_str(&findings(report, verbose));
    out
}

/// What was skipped, what is worth a look and what was left out, as lines; empty where nothing was.
pub(super) fn findings(report: &IngestReport, verbose: bool) -> String {
    let mut out = skipped(report) + &notes(report);
    if report.boilerplate_total > 0 {
        let total = counted(report.boilerplate_total, "stretch");
        let more = if verbose { "" } else { " (--verbose lists them)" };
        out.push_str(&format!("left out as boilerplate: {total}{more}\n"));
    }
    if verbose {
        for finding in &report.boilerplate {
            let document = clean_line(&finding.document);
            let (pattern, excerpt) = (clean_line(&finding.pattern), clean_line(&finding.excerpt));
            out.push_str(&format!("  {document}:{}: {pattern}: {excerpt}\n", finding.line));
        }
        out.push_str(&rest(report.boilerplate.len(), report.boilerplate_total));
    }
    out
}

/// A size for people: kB below a megabyte, else MB.
fn size(bytes: u64) -> String {
    let megabytes = megabytes(bytes);
    if megabytes < 1.0 { format!("{:.1} kB", megabytes * 1000.0) } else { format!("{megabytes:.1} MB") }
}

/// What was skipped and why, as lines; empty where nothing was.
pub(super) fn skipped(report: &IngestReport) -> String {
    if report.skipped_total == 0 {
        return String::new();
    }
    let mut out = format!("skipped: {}\n", grouped(report.skipped_total));
    for skip in &report.skipped {
        out.push_str(&format!("  {}\n", clean_line(&skip.to_string())));
    }
    out.push_str(&rest(report.skipped.len(), report.skipped_total));
    out
}

/// What else there is to know of the files, as lines; empty where there is nothing.
fn notes(report: &IngestReport) -> String {
    if report.notes_total == 0 {
        return String::new();
    }
    let mut out = format!("worth a look: {}\n", grouped(report.notes_total));
    for note in &report.notes {
        out.push_str(&format!("  {}\n", clean_line(&note.to_string())));
    }
    out.push_str(&rest(report.notes.len(), report.notes_total));
    out
}

fn rest(listed: usize, total: u64) -> String {
    match total.saturating_sub(listed as u64) {
        0 => String::new(),
        more => format!("  and {} more\n", grouped(more)),
    }
}

/// The report as JSON under a `status` of `built`, `up_to_date` or `failed`.
pub(super) fn json(status: &str, report: &IngestReport) -> Value {
    let skipped: Vec<Value> = report
        .skipped
        .iter()
        .map(|skip| json!({"place": skip.place, "reason": skip.reason.to_string()}))
        .collect();
    json!({
        "status": status,
        "documents": report.documents,
        "passages": report.passages,
        "bytes": report.bytes,
        "took_ms": report.took.as_secs_f64() * 1000.0,
        "megabytes_per_second": speed(report),
        "skipped": skipped,
        "skipped_total": report.skipped_total,
        "notes": report.notes,
        "notes_total": report.notes_total,
        "boilerplate": report.boilerplate,
        "boilerplate_total": report.boilerplate_total,
    })
}

/// Megabytes of 1,000,000 bytes.
#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Megabytes a second; 0 where no time passed.
fn speed(report: &IngestReport) -> f64 {
    let seconds = report.took.as_secs_f64();
    if seconds > 0.0 { megabytes(report.bytes) / seconds } else { 0.0 }
}

/// `1 document`, `16,407 documents`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let ending = match noun {
        _ if number == 1 => "",
        noun if noun.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", grouped(number))
}

/// A number with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ingest::{BoilerplateFinding, Note, Skip, SkipReason};

    fn report() -> IngestReport {
        IngestReport {
            documents: 16_407,
            passages: 1,
            bytes: 29_000_000,
            took: Duration::from_secs(10),
            skipped: vec![Skip { place: "a\u{1b}[2J.bin".into(), reason: SkipReason::Empty }],
            skipped_total: 1_003,
            boilerplate: vec![BoilerplateFinding {
                document: "a.md".into(),
                line: 7,
                pattern: "subscribe".into(),
                excerpt: "Subscribe to".into(),
            }],
            boilerplate_total: 1,
            notes: vec![Note { place: "a.md:2".into(), detail: "it has no date".into() }],
            notes_total: 1,
        }
    }

    #[test]
    fn the_report_tells_numbers_and_reasons_and_no_escape_of_a_file_name() {
        let expected = "16,407 documents, 1 passage from 29.0 MB in 10.00 s (2.9 MB/s)\n\
                        skipped: 1,003\n  a\u{fffd}[2J.bin: it holds no text\n  and 1,002 more\n\
                        worth a look: 1\n  a.md:2: it has no date\n\
                        left out as boilerplate: 1 stretch\n  a.md:7: subscribe: Subscribe to\n";
        assert_eq!(text(&report(), true), expected);
        assert!(
            text(&report(), false).ends_with("left out as boilerplate: 1 stretch (--verbose lists them)\n")
        );
    }

    #[test]
    fn an_empty_report_divides_by_nothing() {
        assert_eq!(
            (size(0), size(12_800), size(1_000_000)),
            ("0.0 kB".into(), "12.8 kB".into(), "1.0 MB".into())
        );
        assert!(text(&IngestReport::default(), false).contains("(0.0 MB/s)"));
        assert_eq!(json("built", &IngestReport::default())["megabytes_per_second"], 0.0);
    }
}
