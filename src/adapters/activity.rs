//! Activities: how the Bot Framework and its Direct Line write what is said
//! (<https://github.com/microsoft/Agents/blob/main/specs/activity/protocol-activity.md>).

use serde_json::{Value, json};

use super::Content;

/// Most buttons that are offered; the clients lay them out in one row.
const MAX_BUTTONS: usize = 5;

/// A message: `content` as Markdown, `buttons` that say what stands on them, and `answer`, the whole of it for
/// programs, where it is not null.
pub(super) fn message(content: &Content, buttons: &[String], answer: &Value) -> Value {
    let mut activity = json!({ "type": "message", "text": content.markdown(), "textFormat": "markdown" });
    let Some(members) = activity.as_object_mut() else { return activity };
    if !buttons.is_empty() {
        let press = |text: &String| json!({ "type": "imBack", "title": text, "value": text });
        let actions: Vec<Value> = buttons.iter().take(MAX_BUTTONS).map(press).collect();
        members.insert("suggestedActions".into(), json!({ "actions": actions }));
    }
    if !answer.is_null() {
        members.insert("channelData".into(), json!({ "ibid": answer }));
    }
    activity
}
