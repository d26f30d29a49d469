//! Text as Slack wants it: rich text, which it shows as it is, and escaped where it reads its markup.

use serde_json::{Value, json};

use crate::adapters::content::{Block, Content, clean};

/// Most characters of the text that stands for the blocks in a notification.
const MAX_TEXT_CHARS: usize = 3000;

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(super) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// As much as goes out.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

pub(super) fn words(text: &str, bold: bool) -> Value {
    let text = clean(text);
    if bold {
        json!({ "type": "text", "text": text, "style": { "bold": true } })
    } else {
        json!({ "type": "text", "text": text })
    }
}

pub(super) fn section(kind: &str, elements: &Value) -> Value {
    json!({ "type": kind, "elements": elements })
}

pub(super) fn rich_text(elements: &[Value]) -> Value {
    json!([{ "type": "rich_text", "elements": elements }])
}

pub(super) fn elements(content: &Content) -> Vec<Value> {
    let element = |block: &Block| match block {
        Block::Strong(strong) => section("rich_text_section", &json!([words(strong, true)])),
        Block::Text(plain) => section("rich_text_section", &json!([words(plain, false)])),
        Block::Quote(quote) => section("rich_text_quote", &json!([words(quote, false)])),
        Block::Source { text: source, href } => {
            let source = format!("\u{2014} {}", clean(source));
            let element = match href {
                Some(href) => json!({ "type": "link", "url": clean(href), "text": source }),
                None => words(&source, false),
            };
            section("rich_text_section", &json!([element]))
        }
        Block::Link { label, href } => {
            let link = json!({ "type": "link", "url": clean(href), "text": clean(label) });
            section("rich_text_section", &json!([link]))
        }
    };
    content.blocks.iter().map(element).collect()
}
