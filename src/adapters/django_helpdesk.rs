//! django-helpdesk 2.6: webhooks without a signature, replies as follow-ups over REST.
//!
//! Written after its sources (`webhooks.py`, `serializers.py`, `update_ticket.py`, `views/api.py`). What the webhooks
//! do not tell, because nobody listened, the list of open tickets does.

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{
    Call, Conversation, Delivery, Event, Happened, Method, Polled, Received, Rejection, Seen, Step,
};
use super::signature::check_path;
use super::{Adapter, Base};

/// States of a ticket; what is resolved, closed or a duplicate stands above these.
const OPEN: u64 = 1;
const REOPENED: u64 = 2;

/// Tickets asked for at once.
const PAGE: usize = 100;

/// The adapter.
#[derive(Debug)]
pub(super) struct DjangoHelpdesk(pub(super) Base);

#[derive(Deserialize)]
struct Hook {
    ticket: Ticket,
    #[serde(default)]
    followup_id: Option<u64>,
}

#[derive(Deserialize)]
struct Ticket {
    id: u64,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    status: u64,
    #[serde(default)]
    followup_set: Vec<FollowUp>,
}

#[derive(Deserialize)]
struct FollowUp {
    id: u64,
    #[serde(default)]
    user: Option<u64>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    public: bool,
}

#[derive(Deserialize)]
struct Page {
    results: Vec<Ticket>,
    #[serde(default)]
    next: Option<String>,
}

impl Adapter for DjangoHelpdesk {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        check_path(delivery.path_secret, self.0.secret.reveal())
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let hook: Hook = serde_json::from_slice(delivery.body)
            .map_err(|_| Rejection::NotUnderstood("an object with a `ticket` is wanted"))?;
        let ticket = &hook.ticket;
        let mut events = Vec::from_iter(self.taken(ticket));
        match hook.followup_id {
            None => events.push(description(ticket)),
            Some(id) => {
                let follow_up = ticket.followup_set.iter().find(|follow_up| follow_up.id == id);
                events.extend(follow_up.and_then(|follow_up| self.follow_up(ticket, follow_up)));
            }
        }
        events.extend(closed(ticket));
        Ok(Received { events, reply: None })
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let url = &self.0.url;
        let ticket: u64 = conversation.name.parse().unwrap_or(0);
        let follow_up = |comment: String, public: bool| {
            // A title would rename the ticket.
            let body = json!({ "ticket": ticket, "comment": neutralise(&comment), "public": public });
            Call::post(format!("{url}/api/followups/"), body)
        };
        let patch =
            |body: Value| Call { method: Method::Patch, url: format!("{url}/api/tickets/{ticket}/"), body };
        match step {
            Step::Reply { content, .. } => Some(follow_up(content.plain(), true)),
            Step::Note { content, .. } => Some(follow_up(content.plain(), false)),
            Step::HandOver => Some(patch(json!({ "status": OPEN }))),
            Step::Assign => {
                let user: u64 = self.0.hand_over_to.parse().ok()?;
                Some(patch(json!({ "assigned_to": user })))
            }
            Step::Typing => None,
            Step::Forward { text } => Some(follow_up(text.clone(), true)),
            Step::Open { subject, content, .. } => {
                let queue: u64 = self.0.account.trim().parse().ok()?;
                let body = json!({ "queue": queue, "title": subject, "description": content.plain(),
                                   "submitter_email": null, "priority": 3 });
                Some(Call::post(format!("{url}/api/tickets/"), body))
            }
        }
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Token {}", self.0.token.reveal()))]
    }

    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        Some(Call::get(format!("{}/api/tickets/{}/", self.0.url, conversation.name)))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let ticket: Ticket = serde_json::from_slice(body).ok()?;
        let ours = ticket.followup_set.into_iter().filter(|follow_up| self.is_bot(follow_up.user));
        Some(Seen { ours: ours.filter_map(|follow_up| follow_up.comment).collect() })
    }

    fn poll(&self) -> Option<Call> {
        Some(Call::get(format!("{}/api/tickets/?status={OPEN}&page_size={PAGE}", self.0.url)))
    }

    fn polled(&self, body: &[u8]) -> Option<Polled> {
        let page: Page = serde_json::from_slice(body).ok()?;
        let mut events = Vec::new();
        for ticket in &page.results {
            events.extend(self.taken(ticket));
            events.push(description(ticket));
            events.extend(ticket.followup_set.iter().filter_map(|one| self.follow_up(ticket, one)));
        }
        // Only to the desk itself: an address from a response gets no token otherwise.
        let more = page.next.filter(|next| next.starts_with(&format!("{}/", self.0.url)));
        Some(Polled { events, more: more.map(Call::get).into_iter().collect() })
    }

    fn opened(&self, body: &[u8]) -> Option<(String, Value)> {
        let ticket: Ticket = serde_json::from_slice(body).ok()?;
        Some((ticket.id.to_string(), details(&ticket)))
    }
}

impl DjangoHelpdesk {
    fn is_bot(&self, user: Option<u64>) -> bool {
        user.is_some_and(|user| user.to_string() == self.0.bot)
    }

    /// Whether a person has answered, told before what was written: who answers first keeps the ticket.
    fn taken(&self, ticket: &Ticket) -> Option<Event> {
        let by_person = |one: &&FollowUp| {
            one.public && one.user.is_some() && !self.is_bot(one.user) && !is_opening(ticket, one)
        };
        let last = ticket.followup_set.iter().filter(by_person).map(|one| one.id).max()?;
        Some(event(ticket, format!("taken {} {last}", ticket.id), Happened::Taken))
    }

    fn follow_up(&self, ticket: &Ticket, follow_up: &FollowUp) -> Option<Event> {
        let text = follow_up.comment.clone().filter(|text| !text.trim().is_empty())?;
        if !follow_up.public || self.is_bot(follow_up.user) || is_opening(ticket, follow_up) {
            return None;
        }
        let what = match follow_up.user {
            None => Happened::Asked { text },
            Some(_) => Happened::Answered { text },
        };
        Some(event(ticket, format!("followup {}", follow_up.id), what))
    }
}

fn event(ticket: &Ticket, key: String, what: Happened) -> Event {
    Event { key, conversation: ticket.id.to_string(), what, message: None, details: details(ticket) }
}

/// Told after what was written with it.
fn closed(ticket: &Ticket) -> Option<Event> {
    let key = format!("closed {} {}", ticket.id, ticket.followup_set.len());
    (ticket.status > REOPENED).then(|| event(ticket, key, Happened::Closed))
}

fn details(ticket: &Ticket) -> Value {
    json!({ "title": ticket.title })
}

/// The desk writes a ticket's text a second time, as its first follow-up, by whoever opened it.
fn is_opening(ticket: &Ticket, follow_up: &FollowUp) -> bool {
    let first = ticket.followup_set.iter().map(|one| one.id).min();
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    first == Some(follow_up.id) && text(&follow_up.comment) == text(&ticket.description)
}

/// The ticket's own words: its description, and its title where the question stands there.
fn description(ticket: &Ticket) -> Event {
    let body = ticket.description.as_deref().unwrap_or_default().trim();
    let title = ticket.title.trim();
    let text = match (body, title) {
        ("", title) => title.to_owned(),
        (body, title) if title.ends_with('?') && !body.contains('?') => format!("{title}\n{body}"),
        (body, _) => body.to_owned(),
    };
    event(ticket, format!("ticket {}", ticket.id), Happened::Asked { text })
}

/// The desk reads a comment as a Django template; what would be a tag there is written so that the template
/// gives it back. Blocks (`{%`) it protects itself.
fn neutralise(comment: &str) -> String {
    let mut out = String::with_capacity(comment.len());
    let mut rest = comment;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{#")).min() {
        let (before, tag) = rest.split_at(at);
        let (tag, after) = tag.split_at(2);
        out.push_str(before);
        out.push_str(&format!("{{{{ \"{tag}\" }}}}"));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::{Content, Keys};
    use crate::config::Secret;

    fn desk() -> DjangoHelpdesk {
        DjangoHelpdesk(Base {
            url: "http://desk".into(),
            bot: "7".into(),
            secret: Secret::new("0123456789abcdef"),
            token: Secret::new("t"),
            hand_over_to: "3".into(),
            ..Base::default()
        })
    }

    fn receive(body: &Value) -> Result<Received, Rejection> {
        let body = body.to_string();
        let path_secret = Some("0123456789abcdef");
        desk().receive(&Delivery {
            path_secret,
            header: &|_| None,
            body: body.as_bytes(),
            now: 0,
            keys: &Keys::default(),
        })
    }

    fn ticket(followups: &Value) -> Value {
        json!({ "id": 12, "queue": 1, "title": "Treatment", "description": "how long does PRRT take to work?",
                "submitter_email": "a@b.example", "assigned_to": null, "status": 1, "on_hold": false,
                "priority": 3, "followup_set": followups })
    }

    fn asked(received: &Received) -> Vec<&str> {
        let texts = received.events.iter().filter_map(|event| match &event.what {
            Happened::Asked { text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn a_new_ticket_is_a_question() {
        let received = receive(&json!({ "ticket": ticket(&json!([])), "queue_slug": "q" })).unwrap();
        assert_eq!(asked(&received), ["how long does PRRT take to work?"]);
        assert_eq!(
            (received.events[0].conversation.as_str(), received.events[0].key.as_str()),
            ("12", "ticket 12")
        );
    }

    #[test]
    fn a_follow_up_is_a_question_only_from_the_patient() {
        let of = |user: Value, public: bool| {
            let one = json!([{ "id": 5, "user": user, "title": "x", "comment": "hello", "public": public }]);
            receive(&json!({ "ticket": ticket(&one), "queue_slug": "q", "followup_id": 5 })).unwrap().events
        };
        assert_eq!(of(json!(null), true)[0].what, Happened::Asked { text: "hello".into() });
        assert_eq!(of(json!(7), true), [], "our own");
        assert_eq!(of(json!(3), false), [], "a note among staff");
        let person: Vec<_> = of(json!(3), true).into_iter().map(|event| event.what).collect();
        assert_eq!(person, [Happened::Taken, Happened::Answered { text: "hello".into() }]);
    }

    #[test]
    fn the_text_that_the_desk_writes_twice_is_one_question_and_nobodys_answer() {
        let opening = json!([{ "id": 4, "user": 3, "title": "Ticket Opened", "public": true,
                               "comment": "how long does PRRT take to work? " }]);
        let body = json!({ "results": [ticket(&opening)] }).to_string();
        let polled = desk().polled(body.as_bytes()).unwrap();
        assert_eq!(polled.events.len(), 1, "{:?}", polled.events);
    }

    #[test]
    fn without_the_secret_in_the_address_nothing_is_read() {
        let body = json!({ "ticket": ticket(&json!([])) }).to_string();
        for path_secret in [None, Some("0123456789abcdee")] {
            let delivery = Delivery {
                path_secret,
                header: &|_| None,
                body: body.as_bytes(),
                now: 0,
                keys: &Keys::default(),
            };
            assert_eq!(desk().receive(&delivery), Err(Rejection::NotProven));
        }
        assert!(matches!(receive(&json!([])), Err(Rejection::NotUnderstood(_))));
    }

    #[test]
    fn a_reply_keeps_the_tickets_title_and_is_no_template() {
        let details = json!({ "title": "Treatment" });
        let conversation = Conversation { name: "12", details: &details };
        let content = Content::text("{{ secret }} {# gone #} {% if %}");
        let step = Step::say(content);
        let call = desk().call(conversation, &step).unwrap();
        assert_eq!((call.method, call.url.as_str()), (Method::Post, "http://desk/api/followups/"));
        assert!(call.body.get("title").is_none());
        assert_eq!(call.body["public"], true);
        assert_eq!(call.body["comment"], "{{ \"{{\" }} secret }} {{ \"{#\" }} gone #} {% if %}");
        let assigned = desk().call(conversation, &Step::Assign).unwrap();
        assert_eq!((assigned.method, assigned.body), (Method::Patch, json!({ "assigned_to": 3 })));
    }

    #[test]
    fn the_list_of_open_tickets_tells_whose_a_ticket_is_before_what_stands_in_it() {
        let one =
            json!([{ "id": 5, "user": 3, "title": "x", "comment": "I will call you.", "public": true }]);
        let body =
            json!({ "count": 1, "next": "http://elsewhere/api", "results": [ticket(&one)] }).to_string();
        let polled = desk().polled(body.as_bytes()).unwrap();
        assert_eq!(polled.events[0].what, Happened::Taken);
        assert!(matches!(polled.events[1].what, Happened::Asked { .. }));
        assert_eq!(polled.more, [], "another host gets no token");
    }
}
