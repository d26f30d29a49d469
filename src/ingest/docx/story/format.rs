//! What the properties of paragraphs, runs and tables say.

use super::frame::{OpenParagraph, Tag};
use super::{Reader, Shared};
use crate::ingest::docx::piece::{Item, Role};
use crate::ingest::docx::styles::Purpose;
use crate::ingest::docx::table::Merge;
use crate::ingest::docx::xml::Element;

impl Reader<'_> {
    pub(super) fn open_in_paragraph_format(&mut self, element: &Element<'_>) -> Option<Tag> {
        let is_mark = self.open.last() == Some(&Tag::MarkFormat);
        let paragraph = self.paragraphs.last_mut()?;
        match element.name() {
            "rPr" if !is_mark => return Some(Tag::MarkFormat),
            "del" | "moveFrom" if is_mark => paragraph.is_joined = true,
            "pStyle" => paragraph.style = element.named("val"),
            "numPr" => return Some(Tag::ParagraphFormat),
            "outlineLvl" | "numId" | "ilvl" | "ind" => paragraph.format.take(element),
            _ => {}
        }
        None
    }

    pub(super) fn run_format(&mut self, element: &Element<'_>) {
        let Some(run) = self.runs.last_mut() else { return };
        match element.name() {
            "rStyle" => run.style = element.named("val"),
            "rFonts" => {
                run.font = element.named("ascii").or_else(|| element.named("hAnsi")).unwrap_or_default();
            }
            _ => run.format.take(element),
        }
    }

    pub(super) fn table_format(&mut self, element: &Element<'_>) {
        let number = || element.number::<usize>().unwrap_or_default();
        match (self.open.last(), element.name()) {
            (Some(Tag::TableFormat), "tblStyle") => {
                if let Some(table) = self.table() {
                    table.style = element.named("val");
                }
            }
            (Some(Tag::TableFormat), "tblLook") => {
                if let Some(table) = self.table() {
                    table.shows_first_row = shows_first_row(element);
                }
            }
            (Some(Tag::RowFormat), name) => {
                let Some(row) = self.row() else { return };
                match name {
                    "tblHeader" => row.is_header = element.is_on(),
                    "del" => row.is_deleted = true,
                    "gridBefore" => row.before = number(),
                    _ => {}
                }
            }
            (Some(Tag::CellFormat), name) => {
                let Some(cell) = self.cell() else { return };
                match name {
                    "gridSpan" => cell.columns = number(),
                    "vMerge" => cell.merge = merge(element, Merge::Below),
                    "hMerge" => cell.merge = merge(element, Merge::Beside),
                    "shd" => {
                        let fill = element.attribute("fill").unwrap_or_default();
                        cell.is_shaded = !matches!(fill.as_str(), "" | "auto" | "FFFFFF" | "ffffff");
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// What a paragraph is by its style and its own format. Counts its number.
    pub(super) fn role(&mut self, paragraph: &OpenParagraph) -> Role {
        let Shared { styles, numbering, .. } = &mut *self.shared;
        let style = styles.of_paragraph(paragraph.style.as_deref());
        let format = &paragraph.format;
        let list = format.numbering.clone().or_else(|| styles.find(style, |format| format.numbering.clone()));
        let list = list.filter(|list| list != "0");
        let level = format.level.or_else(|| styles.find(style, |format| format.level));
        let of_style = || numbering.level_of_style(list.as_deref()?, style?);
        let level = level.or_else(of_style).unwrap_or_default();
        let indent = format
            .indent
            .or_else(|| numbering.indent(list.as_deref()?, level))
            .or_else(|| styles.find(style, |format| format.indent));
        let marker = list.as_deref().and_then(|list| numbering.next(list, level));
        let purpose = styles.purpose(style);
        let heading = styles.heading_level(style, format.outline);
        if purpose == Some(Purpose::Contents) || (heading.is_none() && paragraph.is_contents == Some(true)) {
            return Role::Contents;
        }
        if purpose == Some(Purpose::Title) {
            return Role::Title;
        }
        if let Some(level) = heading {
            let number = marker.filter(|marker| marker.label.is_some()).map(|marker| marker.text);
            return Role::Heading { level, number };
        }
        match (marker, list) {
            (Some(marker), Some(list)) => Role::Item(Item {
                marker: marker.text,
                label: marker.label,
                list,
                level,
                indent: indent.unwrap_or_default(),
            }),
            _ if purpose == Some(Purpose::List) => Role::Continued,
            _ => Role::Text,
        }
    }
}

/// How a cell goes on with another: it does where the element says nothing.
fn merge(element: &Element<'_>, merge: Merge) -> Merge {
    if element.value().as_deref() == Some("restart") { Merge::Nothing } else { merge }
}

/// Whether a table shows its first row as its style wants: an attribute, or a bit of an older one.
fn shows_first_row(look: &Element<'_>) -> bool {
    match look.attribute("firstRow") {
        Some(first) => first == "1" || first == "true" || first == "on",
        None => {
            let bits = look.value().and_then(|bits| u32::from_str_radix(bits.trim(), 16).ok());
            bits.is_some_and(|bits| bits & 0x20 != 0)
        }
    }
}
