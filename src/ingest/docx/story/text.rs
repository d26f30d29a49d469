//! What stands in runs: text, breaks, symbols, fields and the marks of notes.

use super::Reader;
use super::frame::Field;
use crate::ingest::docx::line::Line;
use crate::ingest::docx::note::Kind;
use crate::ingest::docx::styles::Format;
use crate::ingest::docx::symbol;
use crate::ingest::docx::xml::Element;

/// Most fields that are open in one another; Word has up to 20. Beyond, the outermost counts as ended.
const MAX_FIELDS: usize = 64;

impl Reader<'_> {
    /// Takes what stands in a run beside its text; gives whether it was that.
    pub(super) fn open_in_run(&mut self, element: &Element<'_>) -> bool {
        match element.name() {
            "tab" | "ptab" => self.write(|line, _| line.tab()),
            "br" | "cr" => self.write(|line, _| line.line_break()),
            "noBreakHyphen" => self.write(|line, is_bold| line.push("-", is_bold)),
            "sym" => self.symbol(element),
            "fldChar" => self.field(element),
            "footnoteReference" => self.refer(Kind::Foot, element),
            "endnoteReference" => self.refer(Kind::End, element),
            _ => return false,
        }
        true
    }

    pub(super) fn text(&mut self, text: &str) {
        let chosen = self.marked.take().filter(|_| !text.trim().is_empty());
        if let Some(key) = chosen {
            if let Some(label) = self.shared.notes.refer(key, Some(text)) {
                self.write(|line, is_bold| line.mark(&label, is_bold));
            }
            return;
        }
        let Some(run) = self.runs.last() else { return self.write(|line, is_bold| line.push(text, is_bold)) };
        let shown: String = text.chars().filter_map(|c| symbol::character(c, &run.font)).collect();
        if self.raised > 0 || self.is_on(|format| format.raised) {
            self.write(|line, is_bold| line.push_raised(&shown, is_bold));
        } else {
            self.write(|line, is_bold| line.push(&shown, is_bold));
        }
    }

    /// Adds to the line of the innermost paragraph what `add` adds, which also hears whether it is bold; nothing where
    /// it is not shown.
    pub(super) fn write(&mut self, add: impl FnOnce(&mut Line, bool)) {
        let is_code = self.fields.iter().any(|field| !field.in_result);
        let in_contents = self.fields.iter().any(Field::is_contents)
            || self.controls.iter().any(|control| control.is_contents);
        let (is_hidden, is_bold) = (self.is_on(|format| format.hidden), self.is_on(|format| format.bold));
        // A quote cannot show that "two" is struck out of "Take two one tablet".
        let is_struck = self.is_on(|format| format.struck) || self.is_on(|format| format.struck_twice);
        let is_shown = !is_code && !is_hidden && !is_struck;
        if let Some(paragraph) = self.paragraphs.last_mut().filter(|_| is_shown) {
            paragraph.is_contents = Some(paragraph.is_contents.unwrap_or(true) && in_contents);
            add(&mut paragraph.line, is_bold);
        }
    }

    /// What the open run says of a property, else its style, else that of its paragraph.
    fn is_on(&self, value: fn(&Format) -> Option<bool>) -> bool {
        let styles = &self.shared.styles;
        let run = self.runs.last();
        let by_run = || styles.find(run?.style.as_deref(), value);
        let by_paragraph =
            || styles.find(styles.of_paragraph(self.paragraphs.last()?.style.as_deref()), value);
        let own = run.and_then(|run| value(&run.format));
        own.or_else(by_run).or_else(by_paragraph).unwrap_or_default()
    }

    pub(super) fn symbol(&mut self, element: &Element<'_>) {
        let code = element.attribute("char").and_then(|code| u32::from_str_radix(code.trim(), 16).ok());
        let font = element.named("font").unwrap_or_default();
        if let Some(shown) = code.and_then(char::from_u32).and_then(|code| symbol::character(code, &font)) {
            self.write(|line, is_bold| line.push(shown.encode_utf8(&mut [0; 4]), is_bold));
        }
    }

    pub(super) fn field(&mut self, element: &Element<'_>) {
        match element.attribute("fldCharType").as_deref() {
            Some("begin") => {
                if self.fields.len() >= MAX_FIELDS {
                    self.fields.remove(0);
                }
                self.fields.push(Field::default());
            }
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.in_result = true;
                }
            }
            Some("end") => {
                self.fields.pop();
            }
            _ => {}
        }
    }

    pub(super) fn code(&mut self, text: &str) {
        if let Some(field) = self.fields.last_mut().filter(|field| !field.in_result) {
            field.add_code(text);
        }
    }

    pub(super) fn refer(&mut self, kind: Kind, element: &Element<'_>) {
        let Some(id) = element.attribute("id") else { return };
        let key = (kind, id);
        let is_chosen =
            matches!(element.attribute("customMarkFollows").as_deref(), Some("1" | "true" | "on"));
        if is_chosen {
            self.marked = Some(key).filter(|key| self.shared.notes.has(key));
        } else if let Some(label) = self.shared.notes.refer(key, None) {
            self.write(|line, is_bold| line.mark(&label, is_bold));
        }
    }
}
