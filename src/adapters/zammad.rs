//! Zammad: triggers that call us, articles and ticket changes over REST.
//!
//! Written after Zammad's sources (`trigger_webhook_job.rb`) and its documentation of webhooks and of the REST calls
//! for tickets and articles. Zammad signs with HMAC-SHA1 and no time, so a replay is known by the article alone.

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::Content;
use super::html::text_of;
use super::model::{
    Call, Conversation, Delivery, Event, Happened, Method, Polled, Received, Rejection, Seen, Step,
    seconds_of,
};
use super::signature::{check_hex, check_path, hmac_sha1};
use super::{Adapter, Base};

/// Kinds of states in which a ticket waits for somebody. States are an installation's own, their kinds are not.
const WAITING: [&str; 2] = ["new", "open"];

/// The state of a ticket that is handed over.
const OPEN: &str = "open";

/// Most tickets that are asked for at once.
const LISTED: usize = 100;

/// The adapter.
#[derive(Debug)]
pub(super) struct Zammad(pub(super) Base);

#[derive(Deserialize)]
struct Hook {
    ticket: Ticket,
    #[serde(default)]
    article: Option<Article>,
}

/// A state that tickets can have.
#[derive(Deserialize)]
struct State {
    id: u64,
    name: String,
    /// Neither a ticket nor an article has one.
    #[serde(rename = "state_type_id")]
    _kind_id: u64,
    #[serde(default, rename = "state_type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

#[derive(Deserialize)]
struct Ticket {
    id: u64,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    state: Value,
    #[serde(default)]
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Article {
    /// None where a change has no article: Zammad sends an empty object then.
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    ticket_id: Option<u64>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    reply_to: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    sender: Value,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    created_by: Value,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    preferences: Value,
}

impl Adapter for Zammad {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        let secret = self.0.secret.reveal();
        if self.0.signed {
            let wanted = hmac_sha1(secret.as_bytes(), &[delivery.body]);
            check_hex((delivery.header)("x-hub-signature"), "sha1=", &wanted)
        } else {
            check_path(delivery.path_secret, secret)
        }
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let Hook { ticket, article } = serde_json::from_slice(delivery.body)
            .map_err(|_| Rejection::NotUnderstood("an object with `ticket` and `article` is wanted"))?;
        Ok(Received { events: self.events(&ticket, article), reply: None })
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let url = &self.0.url;
        let ticket: u64 = conversation.name.parse().unwrap_or(0);
        let article = |body: String, internal: bool| {
            let mut article = json!({ "ticket_id": ticket, "body": body, "content_type": "text/html",
                                      "type": "note", "internal": internal });
            let details = conversation.details;
            // Only a letter reaches someone who wrote one.
            if let (Some(members), false, Some("email")) =
                (article.as_object_mut(), internal, details["type"].as_str())
            {
                members.insert("type".into(), "email".into());
                members.insert("to".into(), details["from"].clone());
                members.insert("subject".into(), details["title"].clone());
            }
            Call::post(format!("{url}/api/v1/ticket_articles"), article)
        };
        let change =
            |body: Value| Call { method: Method::Put, url: format!("{url}/api/v1/tickets/{ticket}"), body };
        Some(match step {
            Step::Reply { content, .. } => article(content.html(), false),
            Step::Note { content, .. } => article(content.html(), true),
            Step::HandOver => change(json!({ "state": OPEN })),
            Step::Assign => match self.0.hand_over_to.split_once(':') {
                Some(("group", group)) => change(json!({ "group": group.trim() })),
                Some(("owner", owner)) => change(json!({ "owner": owner.trim() })),
                _ => change(json!({ "owner": self.0.hand_over_to })),
            },
            Step::Typing => return None,
            Step::Open { subject, content, .. } => {
                let article = json!({ "subject": subject, "body": content.html(), "content_type": "text/html",
                                      "type": "note", "internal": false });
                let body = json!({ "title": subject, "group": self.0.account, "customer": self.0.bot,
                                   "article": article });
                Call::post(format!("{url}/api/v1/tickets"), body)
            }
            Step::Forward { text } => {
                let body = json!({ "ticket_id": ticket, "body": text, "content_type": "text/plain",
                                   "type": "note", "sender": "Customer", "internal": false });
                Call::post(format!("{url}/api/v1/ticket_articles"), body)
            }
        })
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Token token={}", self.0.token.reveal()))]
    }

    /// A name that it cannot find is told in the response (`can_associations.rb`).
    fn reason(&self, body: &[u8]) -> Option<String> {
        let Refusal { error } = serde_json::from_slice(body).ok()?;
        let (_, rest) = error.split_once("No lookup value found for '")?;
        Some(match rest.split_once('\'')?.0 {
            "state" => format!("it has no state named `{OPEN}`, which a hand-over sets"),
            "group" => "it has no such group; see `hand_over_to` and `account`".to_owned(),
            "owner" => "nobody has this login; see `hand_over_to`".to_owned(),
            "customer" => "nobody has this login; see `bot`".to_owned(),
            _ => return None,
        })
    }

    fn shown(&self, content: &Content) -> String {
        text_of(&content.html())
    }

    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        Some(self.articles(conversation.name))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let articles: Vec<Article> = serde_json::from_slice(body).ok()?;
        let ours = articles.iter().filter(|article| self.is_bot(article));
        Some(Seen { ours: ours.filter_map(plain).collect(), ..Seen::default() })
    }

    fn poll(&self) -> Option<Call> {
        Some(Call::get(format!("{}/api/v1/ticket_states?expand=true", self.0.url)))
    }

    /// First the states, then the list of tickets in those that wait, then the articles of each: what people wrote before the
    /// rest, since who answers first keeps the ticket.
    fn polled(&self, body: &[u8]) -> Option<Polled> {
        if let Some(states) = states(body) {
            let waiting: Vec<u64> =
                states.iter().filter(|state| state.waits()).map(|state| state.id).collect();
            let condition = json!({ "ticket.state_id": { "operator": "is", "value": waiting } });
            let more = (!waiting.is_empty()).then(|| self.search(&condition))?;
            return Some(Polled { events: Vec::new(), more: vec![more] });
        }
        let listed: Vec<Article> = serde_json::from_slice(body).ok()?;
        let mut polled = Polled::default();
        for one in listed {
            match (one.ticket_id, one.id) {
                (Some(id), _) => {
                    let ticket =
                        Ticket { id, title: one.subject.clone(), state: Value::Null, updated_at: None };
                    polled.events.extend(self.events(&ticket, Some(one)));
                }
                (None, Some(ticket)) => polled.more.push(self.articles(&ticket.to_string())),
                (None, None) => {}
            }
        }
        polled.events.sort_by_key(|event| !matches!(event.what, Happened::Answered { .. }));
        Some(polled)
    }

    fn opened(&self, body: &[u8]) -> Option<(String, Value)> {
        let ticket: Ticket = serde_json::from_slice(body).ok()?;
        Some(opened(&ticket))
    }

    fn look_for(&self, subject: &str) -> Option<Call> {
        Some(self.search(&json!({ "ticket.title": { "operator": "contains", "value": subject } })))
    }

    /// One that is over was opened when the same chat asked for a person before.
    fn found(&self, body: &[u8], subject: &str) -> Option<(String, Value)> {
        let tickets: Vec<Ticket> = serde_json::from_slice(body).ok()?;
        let is_it = |ticket: &&Ticket| ticket.title.as_deref() == Some(subject) && !ticket.is_over();
        tickets.iter().find(is_it).map(opened)
    }
}

impl Ticket {
    fn is_over(&self) -> bool {
        matches!(named(&self.state), Some("closed" | "merged" | "removed"))
    }
}

impl State {
    fn waits(&self) -> bool {
        WAITING.contains(&self.kind.as_deref().unwrap_or(&self.name))
    }
}

/// The list of states; none where it is another list, or empty.
fn states(body: &[u8]) -> Option<Vec<State>> {
    serde_json::from_slice(body).ok().filter(|states: &Vec<State>| !states.is_empty())
}

/// The name and the details of a ticket that we opened.
fn opened(ticket: &Ticket) -> (String, Value) {
    (ticket.id.to_string(), json!({ "title": ticket.title }))
}

impl Zammad {
    /// A search without words is one in the database: it needs no Elasticsearch, and knows of everything at once.
    fn search(&self, condition: &Value) -> Call {
        let order = "sort_by=updated_at&order_by=desc";
        let url = format!("{}/api/v1/tickets/search?expand=true&limit={LISTED}&{order}", self.0.url);
        Call::post(url, json!({ "condition": condition }))
    }

    fn articles(&self, ticket: &str) -> Call {
        Call::get(format!("{}/api/v1/ticket_articles/by_ticket/{ticket}?expand=true", self.0.url))
    }

    /// `created_by` is a login in some calls, a person with `login` and `email` in others.
    fn is_bot(&self, article: &Article) -> bool {
        let by = &article.created_by;
        let names = [by.as_str(), by["login"].as_str(), by["email"].as_str()];
        names
            .into_iter()
            .flatten()
            .any(|name| !self.0.bot.is_empty() && name.eq_ignore_ascii_case(&self.0.bot))
    }

    fn events(&self, ticket: &Ticket, article: Option<Article>) -> Vec<Event> {
        let article = article.and_then(|article| article.id.map(|id| (id, article)));
        let details = article.as_ref().map_or(
            Value::Null,
            |(_, article)| json!({ "title": ticket.title, "type": named(&article.kind), "from": sender_of(article) }),
        );
        let written =
            article.as_ref().and_then(|(_, article)| article.created_at.as_deref()).and_then(seconds_of);
        let event = |key: String, what| Event {
            key,
            conversation: ticket.id.to_string(),
            what,
            message: None,
            details: details.clone(),
            written,
        };
        let mut events = Vec::new();
        if let Some((id, article)) = &article
            && !article.internal
            && !self.is_bot(article)
            && let Some(text) = plain(article)
        {
            let key = format!("article {id}");
            match named(&article.sender) {
                // What a machine sent wants no answer.
                Some("Customer")
                    if article.preferences.get("send-auto-response") == Some(&Value::Bool(false)) => {}
                Some("Customer") => events.push(event(key, Happened::Asked { text })),
                Some("Agent") => events.push(event(key, Happened::Answered { text })),
                _ => {}
            }
        }
        if ticket.is_over() {
            let change = article.map(|(id, _)| id.to_string()).or_else(|| ticket.updated_at.clone());
            let key = format!("closed {} {}", ticket.id, change.unwrap_or_default());
            // One in which the patient writes was over before.
            let is_asked = events.iter().any(|event| matches!(event.what, Happened::Asked { .. }));
            events.insert(if is_asked { 0 } else { events.len() }, event(key, Happened::Closed));
        }
        events
    }
}

/// A name, or the name of an object that has one.
fn named(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["name"].as_str())
}

/// What an article says, without markup.
fn plain(article: &Article) -> Option<String> {
    let body = article.body.as_deref()?;
    let text = if article.content_type.as_deref().is_some_and(|kind| kind.contains("html")) {
        text_of(body)
    } else {
        body.trim().to_owned()
    };
    (!text.is_empty()).then_some(text)
}

/// Where a letter is answered.
fn sender_of(article: &Article) -> Option<&str> {
    let reply_to = article.reply_to.as_deref().filter(|address| !address.trim().is_empty());
    reply_to.or(article.from.as_deref())
}

#[cfg(test)]
mod tests;
