//! Zammad: triggers that call us, articles and ticket changes over REST.
//!
//! Written after Zammad's sources (`trigger_webhook_job.rb`) and its documentation of webhooks and of the REST calls
//! for tickets and articles. Zammad signs with HMAC-SHA1 and no time, so a replay is known by the article alone.

use scraper::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::Content;
use super::model::{
    Call, Conversation, Delivery, Event, Happened, Method, Polled, Received, Rejection, Seen, Step,
};
use super::signature::{check_hex, check_path, hmac_sha1};
use super::{Adapter, Base};

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
            Step::HandOver => change(json!({ "state": "open" })),
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

    fn shown(&self, content: &Content) -> String {
        text_of(&content.html())
    }

    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        Some(self.articles(conversation.name))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let articles: Vec<Article> = serde_json::from_slice(body).ok()?;
        let ours = articles.iter().filter(|article| self.is_bot(article));
        Some(Seen { ours: ours.filter_map(plain).collect() })
    }

    fn poll(&self) -> Option<Call> {
        let query = "query=state.name%3Anew%20OR%20state.name%3Aopen&sort_by=updated_at&order_by=desc";
        let url = &self.0.url;
        Some(Call::get(format!("{url}/api/v1/tickets/search?{query}&limit={LISTED}&expand=true")))
    }

    /// First the list of tickets, then the articles of each.
    fn polled(&self, body: &[u8]) -> Option<Polled> {
        let listed: Vec<Article> = serde_json::from_slice(body).ok()?;
        let mut polled = Polled::default();
        let person = |article: &&Article| {
            named(&article.sender) == Some("Agent") && !article.internal && !self.is_bot(article)
        };
        // Who answered first keeps the ticket.
        if let Some((ticket, last)) =
            listed.iter().filter(person).filter_map(|article| article.ticket_id.zip(article.id)).max()
        {
            polled.events.push(Event {
                key: format!("taken {ticket} {last}"),
                conversation: ticket.to_string(),
                what: Happened::Taken,
                message: None,
                details: Value::Null,
            });
        }
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
        Some(polled)
    }

    fn opened(&self, body: &[u8]) -> Option<(String, Value)> {
        let ticket: Ticket = serde_json::from_slice(body).ok()?;
        Some((ticket.id.to_string(), json!({ "title": ticket.title })))
    }
}

impl Zammad {
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
            |(_, article)| json!({ "title": ticket.title, "type": named(&article.kind), "from": article.from }),
        );
        let event = |key: String, what| Event {
            key,
            conversation: ticket.id.to_string(),
            what,
            message: None,
            details: details.clone(),
        };
        let mut events = Vec::new();
        if let Some((id, article)) = &article
            && !article.internal
            && !self.is_bot(article)
            && let Some(text) = plain(article)
        {
            let key = format!("article {id}");
            match named(&article.sender) {
                Some("Customer") => events.push(event(key, Happened::Asked { text })),
                Some("Agent") => events.push(event(key, Happened::Answered { text })),
                _ => {}
            }
        }
        if matches!(named(&ticket.state), Some("closed" | "merged" | "removed")) {
            let change = article.map(|(id, _)| id.to_string()).or_else(|| ticket.updated_at.clone());
            let key = format!("closed {} {}", ticket.id, change.unwrap_or_default());
            events.push(event(key, Happened::Closed));
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

/// The text of a piece of HTML.
fn text_of(html: &str) -> String {
    let fragment = Html::parse_fragment(html);
    let pieces: Vec<&str> = fragment.root_element().text().map(str::trim).collect();
    pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::Keys;
    use crate::config::Secret;

    const SECRET: &str = "0123456789abcdef";

    fn desk() -> Zammad {
        Zammad(Base {
            url: "http://desk".into(),
            bot: "ibid@clinic.example".into(),
            secret: Secret::new(SECRET),
            token: Secret::new("t"),
            signed: true,
            hand_over_to: "group:Nurses".into(),
            ..Base::default()
        })
    }

    fn receive(body: &Value, signature: Option<String>) -> Result<Vec<Event>, Rejection> {
        let body = body.to_string();
        let right = format!("sha1={}", hex::encode(hmac_sha1(SECRET.as_bytes(), &[body.as_bytes()])));
        let signature = signature.unwrap_or(right);
        let header = |name: &str| (name == "x-hub-signature").then_some(signature.as_str());
        let delivery = Delivery {
            path_secret: None,
            header: &header,
            body: body.as_bytes(),
            now: 0,
            keys: &Keys::default(),
        };
        desk().receive(&delivery).map(|received| received.events)
    }

    fn article(sender: &str, by: &str, internal: bool) -> Value {
        json!({
            "ticket": { "id": 81, "number": "67081", "title": "Question", "state": "new" },
            "article": { "id": 144, "from": "Anna <anna@example.org>", "body": "<p>how long<br>does it take?</p>",
                         "content_type": "text/html", "type": "email", "sender": sender, "internal": internal,
                         "created_by": { "login": by, "email": by } }
        })
    }

    #[test]
    fn customers_ask_agents_take_over_and_the_bot_is_known() {
        let happened = |sender: &str, by: &str, internal| {
            let events = receive(&article(sender, by, internal), None).unwrap();
            events.into_iter().map(|event| event.what).collect::<Vec<_>>()
        };
        let asked = Happened::Asked { text: "how long does it take?".into() };
        assert_eq!(happened("Customer", "anna@example.org", false), [asked]);
        let answered = Happened::Answered { text: "how long does it take?".into() };
        assert_eq!(happened("Agent", "nurse@clinic.example", false), [answered]);
        assert_eq!(happened("Agent", "IBID@clinic.example", false), []);
        assert_eq!(happened("Agent", "nurse@clinic.example", true), []);
        assert_eq!(happened("System", "system", false), []);
    }

    #[test]
    fn a_change_without_an_article_may_close_the_ticket() {
        let happened = |state: &str| {
            let body = json!({ "ticket": { "id": 81, "title": "Question", "state": state,
                                           "updated_at": "2026-11-02T09:30:00.000Z" }, "article": {} });
            receive(&body, None).unwrap().into_iter().map(|event| event.what).collect::<Vec<_>>()
        };
        assert_eq!(happened("open"), []);
        assert_eq!(happened("closed"), [Happened::Closed]);
    }

    #[test]
    fn another_signature_is_refused() {
        let wrong = receive(&article("Customer", "a", false), Some("sha1=00".into()));
        assert_eq!(wrong, Err(Rejection::NotProven));
    }

    #[test]
    fn a_letter_is_answered_with_a_letter_and_a_note_is_internal() {
        let events = receive(&article("Customer", "anna@example.org", false), None).unwrap();
        let conversation = Conversation { name: "81", details: &events[0].details };
        let content = Content::text("a < b");
        let step = Step::say(content.clone());
        let call = desk().call(conversation, &step).unwrap();
        assert_eq!(call.body["type"], "email");
        assert_eq!(call.body["to"], "Anna <anna@example.org>");
        assert_eq!(call.body["body"], "<p>a &lt; b</p>");
        let note = desk().call(conversation, &Step::note(content)).unwrap();
        assert_eq!((&note.body["type"], &note.body["internal"]), (&json!("note"), &json!(true)));
        assert_eq!(desk().call(conversation, &Step::Assign).unwrap().body, json!({ "group": "Nurses" }));
        assert_eq!(desk().headers("", 0, b"")[0].1, "Token token=t");
    }

    #[test]
    fn what_was_missed_is_listed_ticket_by_ticket() {
        let listed = json!([{ "id": 81, "title": "Question", "state": "new", "group": "Users" }]).to_string();
        let polled = desk().polled(listed.as_bytes()).unwrap();
        assert_eq!(polled.events, []);
        assert_eq!(polled.more[0].url, "http://desk/api/v1/ticket_articles/by_ticket/81?expand=true");
        let article = |id: u64, sender: &str, by: &str| {
            json!({ "id": id, "ticket_id": 81, "subject": "Question", "body": "how long?", "type": "email",
                    "content_type": "text/plain", "sender": sender, "internal": false, "created_by": by,
                    "from": "a@example.org" })
        };
        let happened = |articles: Value| {
            let polled = desk().polled(articles.to_string().as_bytes()).unwrap();
            polled.events.into_iter().map(|event| event.what).collect::<Vec<_>>()
        };
        let asked = Happened::Asked { text: "how long?".into() };
        assert!(happened(json!([article(1, "Customer", "a@example.org")])).contains(&asked));
        let answered = Happened::Answered { text: "how long?".into() };
        let both =
            json!([article(1, "Customer", "a@example.org"), article(2, "Agent", "nurse@clinic.example")]);
        assert_eq!(happened(both), [Happened::Taken, asked, answered]);
        assert_eq!(happened(json!([article(3, "Agent", "ibid@clinic.example")])), []);
    }
}
