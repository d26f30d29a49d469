//! Who asked what, and where: for staff who do not see it.

use serde_json::{Value, json};

use super::API;
use super::markup::{escape, section, words};
use crate::adapters::content::clean;

/// A question and its place.
pub(super) struct Asked<'a> {
    user: &'a str,
    channel: &'a str,
    question: String,
    /// Where the channel shows it.
    link: Option<String>,
}

impl<'a> Asked<'a> {
    pub(super) fn read(channel: &'a str, details: &'a Value) -> Option<Self> {
        let user = details["user"].as_str()?;
        let question = clean(details["text"].as_str()?);
        let place = details["team"].as_str().zip(details["ts"].as_str()).filter(|_| !is_direct(channel));
        let link = place
            .map(|(team, ts)| format!("{API}/app_redirect?team={team}&channel={channel}&message_ts={ts}"));
        (!question.trim().is_empty()).then_some(Self { user, channel, question, link })
    }

    /// In Slack's markup.
    pub(super) fn line(&self) -> String {
        let place = match is_direct(self.channel) {
            true => "in a direct message".to_owned(),
            false => format!("in <#{}>", self.channel),
        };
        format!("<@{}> {place}: {}", self.user, escape(&self.question))
    }

    pub(super) fn elements(&self) -> Vec<Value> {
        let mut who = vec![json!({ "type": "user", "user_id": self.user })];
        if is_direct(self.channel) {
            who.push(json!({ "type": "text", "text": " in a direct message" }));
        } else {
            who.push(json!({ "type": "text", "text": " in " }));
            who.push(json!({ "type": "channel", "channel_id": self.channel }));
        }
        if let Some(link) = &self.link {
            who.push(json!({ "type": "text", "text": " " }));
            who.push(json!({ "type": "link", "url": link, "text": "(show)" }));
        }
        let quote = json!([words(&self.question, false)]);
        vec![section("rich_text_section", &json!(who)), section("rich_text_quote", &quote)]
    }
}

/// Whether a channel is the one between the app and somebody.
pub(super) fn is_direct(channel: &str) -> bool {
    channel.starts_with('D')
}
