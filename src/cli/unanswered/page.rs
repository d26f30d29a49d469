//! Groups of questions as a page for a browser: one file that loads nothing and runs nothing.
//!
//! What patients and documents say is cleaned and escaped wherever it stands. The page lets no style through but its own,
//! by its hash, so that not even markup that got in could do harm.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::Listing;
use super::chart::chart;
use super::day::date_of;
use super::line::{Line, cut, ordered};
use super::weeks::Weeks;
use super::words;
use crate::cli::report;
use crate::cli::terminal::clean_line;
use crate::store::MARKS;
use crate::text::html::escape;

/// How a page of this command begins, by which it is known again: pages of other releases have to begin so, too.
pub(super) const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
                               <meta name=\"generator\" content=\"ibid unanswered\">\n";
const STYLE: &str = include_str!("page.css");
/// Most wordings of a group that are shown.
const MAX_WORDINGS: usize = 50;

/// What the page tells beside the groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The operator's name of the service.
    pub(super) service: &'a str,
    /// The documents' language, a BCP 47 tag.
    pub(super) language: &'a str,
    /// The first day that was asked for.
    pub(super) since: Option<Date>,
    /// In days since 1970-01-01.
    pub(super) today: u64,
    /// How long a question is kept.
    pub(super) retention_days: u64,
}

/// The page.
pub(super) fn page(listing: &Listing<'_>, about: &About<'_>) -> String {
    let mut out = String::from(HEAD);
    head(&mut out);
    facts(&mut out, listing, about);
    if !listing.lines.is_empty() {
        weeks(&mut out, &Weeks::of(&listing.kept.questions, about.today));
        groups(&mut out, listing, about);
    }
    data(&mut out, listing, about);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// `text` as one line of HTML.
fn html(text: &str) -> String {
    escape(&clean_line(text)).into_owned()
}

fn time(date: Date) -> String {
    format!("<time datetime=\"{date}\">{}</time>", words::date(date))
}

fn period(first: Date, last: Date) -> String {
    if first == last { time(first) } else { format!("{} to {}", time(first), time(last)) }
}

fn head(out: &mut String) {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let _ = write!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>What patients asked in vain</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    );
}

/// The title and what the page covers.
fn facts(out: &mut String, listing: &Listing<'_>, about: &About<'_>) {
    let asked = listing.bounds();
    let asked =
        asked.map_or_else(|| "None is kept".into(), |(first, last)| period(date_of(first), date_of(last)));
    let mut facts = vec![
        ("Questions", listing.kept.questions.len().to_string()),
        ("Groups", listing.groups.to_string()),
        ("Asked", asked),
    ];
    if let Some(since) = about.since {
        facts.push(("Only since", time(since)));
    }
    if listing.kept.damaged > 0 {
        facts.push(("Damaged, not counted", listing.kept.damaged.to_string()));
    }
    facts.push(("Page made", time(date_of(about.today))));
    let service = spoken("p", about.language, about.service);
    let _ = writeln!(out, "<h1>What patients asked in vain</h1>\n{service}\n<dl class=\"facts\">");
    for (name, value) in facts {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    out.push_str("</dl>\n");
}

fn weeks(out: &mut String, weeks: &Weeks<'_>) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"weeks\">\n<h2 id=\"weeks\">Week by week</h2>\n<figure class=\"card\">\n\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Picture of the weeks\">\n{}</div>\n\
         <figcaption>Weeks begin on Monday; the last one may not be over. Days are those of UTC.</figcaption>\n\
         <details>\n<summary>The numbers as a table</summary>\n\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of the weeks\">\n",
        chart(weeks)
    );
    week_table(out, weeks);
    out.push_str("</div>\n</details>\n</figure>\n</section>\n");
}

fn week_table(out: &mut String, weeks: &Weeks<'_>) {
    out.push_str("<table>\n<caption>Questions a week, by reason</caption>\n<thead>\n<tr><th scope=\"col\">Week of</th>");
    for series in &weeks.series {
        let _ = write!(out, "<th scope=\"col\">{}</th>", html(&words::reason(series.reason)));
    }
    out.push_str("<th scope=\"col\">All</th></tr>\n</thead>\n<tbody>\n");
    for (at, (monday, total)) in weeks.mondays.iter().zip(weeks.totals()).enumerate() {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", time(date_of(*monday)));
        for count in weeks.series.iter().filter_map(|series| series.counts.get(at)) {
            let _ = write!(out, "<td>{count}</td>");
        }
        let _ = writeln!(out, "<td>{total}</td></tr>");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn groups(out: &mut String, listing: &Listing<'_>, about: &About<'_>) {
    out.push_str(
        "<section aria-labelledby=\"groups\">\n<h2 id=\"groups\">Groups of questions, most asked first</h2>\n\
         <p class=\"soft\">Questions that ask the same are one group; its name is the wording that came most often.",
    );
    if listing.lines.len() < listing.groups {
        let _ = write!(
            out,
            " {} of {} groups are shown; <code>--limit</code> shows more.",
            listing.lines.len(),
            listing.groups
        );
    }
    out.push_str("</p>\n<ol class=\"groups\" role=\"list\">\n");
    for line in &listing.lines {
        group(out, line, about.language);
    }
    out.push_str("</ol>\n</section>\n");
}

fn group(out: &mut String, line: &Line<'_>, documents_language: &str) {
    let language = language_of(line, documents_language);
    let _ = writeln!(out, "<li class=\"card\">\n{}", spoken("h3", language, &cut(line.question)));
    let (times, days) = (words::times(line.times), period(line.first, line.last));
    let _ = writeln!(out, "<dl class=\"about\">\n<dt>Asked</dt><dd><strong>{times}</strong>, {days}</dd>");
    let reasons = counted(&line.reasons, line.times, |name| words::reason(name).into());
    let _ = writeln!(out, "<dt>Why in vain</dt><dd>{reasons}</dd>");
    if let Some(nearest) = line.nearest {
        let (place, document) = (spoken("span", documents_language, &line.place()), html(&nearest.document));
        let _ = writeln!(out, "<dt>Nearest</dt><dd>{place} <span class=\"soft\">({document})</span></dd>");
    }
    if !line.languages.is_empty() {
        let languages = counted(&line.languages, line.times, words::language);
        let _ = writeln!(out, "<dt>Language</dt><dd>{languages}</dd>");
    }
    out.push_str("</dl>\n");
    wordings(out, line, language);
    out.push_str("</li>\n");
}

/// An element with the words of a patient or a document.
fn spoken(tag: &str, language: &str, text: &str) -> String {
    format!("<{tag} lang=\"{}\" dir=\"auto\">{}</{tag}>", html(language), html(text))
}

/// The language of the words of a group: the one that was told for all of them, else that of the documents.
fn language_of<'a>(line: &Line<'_>, documents_language: &'a str) -> &'a str {
    let mut told = line.languages.iter();
    match (told.next(), told.next()) {
        (Some((name, count)), None) if *count == line.times => words::tag(name),
        _ => documents_language,
    }
}

/// Names and counts, the greatest first; of what holds for all the name alone.
fn counted(counts: &BTreeMap<&str, usize>, all: usize, say: impl Fn(&str) -> String) -> String {
    let each = ordered(counts).into_iter().map(|(name, count)| {
        let name = html(&say(name));
        if count == all { name } else { format!("{name}: {count}") }
    });
    each.collect::<Vec<_>>().join("; ")
}

/// The wordings of a group, where its name alone does not tell them.
fn wordings(out: &mut String, line: &Line<'_>, language: &str) {
    if line.wordings.len() < 2 && cut(line.question) == clean_line(line.question) {
        return;
    }
    let total = report::counted(line.wordings.len() as u64, "wording");
    let _ = writeln!(out, "<details>\n<summary>{total}</summary>\n<ul>");
    for (wording, count) in line.wordings.iter().take(MAX_WORDINGS) {
        let (wording, times) = (spoken("span", language, wording), words::times(*count));
        let _ = writeln!(out, "<li>{wording} <span class=\"soft\">({times})</span></li>");
    }
    out.push_str("</ul>\n");
    if line.wordings.len() > MAX_WORDINGS {
        let _ = writeln!(out, "<p class=\"soft\">The {MAX_WORDINGS} that came most often are shown.</p>");
    }
    out.push_str("</details>\n");
}

/// What of patients is in the page, and how long it may be kept.
fn data(out: &mut String, listing: &Listing<'_>, about: &About<'_>) {
    let days = report::counted(about.retention_days, "day");
    let _ = write!(
        out,
        "<section aria-labelledby=\"data\">\n<h2 id=\"data\">This page is health data</h2>\n\
         <p>Personal details are taken out before a question is kept: {} stand for them. A name that is only mentioned \
         is not recognised, and an illness may tell who somebody is.</p>\n\
         <p>A question is erased {days} after it was asked, or earlier to make room.",
        MARKS.join(", ")
    );
    if let Some((first, last)) = listing.bounds() {
        let erased = |day: u64| time(date_of(day.saturating_add(about.retention_days)));
        let _ = write!(
            out,
            " Those counted here are erased from {} to {}. This file is not: delete it by then.",
            erased(first),
            erased(last)
        );
    }
    out.push_str("</p>\n</section>\n");
}
