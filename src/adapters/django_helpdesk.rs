//! django-helpdesk 2.6: webhooks without a signature, replies as follow-ups over REST.
//!
//! Written after its sources (`webhooks.py`, `serializers.py`, `update_ticket.py`, `views/api.py`). What the webhooks
//! do not tell, because nobody listened, the list of open tickets does.

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{
    Call, Conversation, Delivery, Event, Happened, Method, Polled, Received, Rejection, Seen, Step,
    seconds_of,
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
    /// Where it changed the ticket's.
    #[serde(default)]
    new_status: Option<u64>,
    #[serde(default)]
    date: Option<String>,
}

impl FollowUp {
    fn written(&self) -> Option<u64> {
        self.date.as_deref().and_then(seconds_of)
    }
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
                events.extend(follow_up.into_iter().flat_map(|follow_up| self.told(ticket, follow_up)));
            }
        }
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
        let ours = ours.filter_map(|follow_up| follow_up.comment).collect();
        Some(Seen { ours, ..Seen::default() })
    }

    fn poll(&self) -> Option<Call> {
        Some(self.open_tickets(""))
    }

    fn polled(&self, body: &[u8]) -> Option<Polled> {
        let page: Page = serde_json::from_slice(body).ok()?;
        let mut events = Vec::new();
        for ticket in &page.results {
            events.extend(self.taken(ticket));
            events.push(description(ticket));
            events.extend(ticket.followup_set.iter().filter_map(|one| self.follow_up(ticket, one)));
        }
        // Of that address only which page it is: behind a proxy the desk may know itself by another name, and nobody
        // else gets the token.
        let which = page.next.as_deref().and_then(|next| next.split_once('?'));
        let which = which.map(|(_, which)| which).filter(|which| is_query(which));
        let more = which.map(|which| Call::get(format!("{}/api/tickets/?{which}", self.0.url)));
        Some(Polled { events, more: more.into_iter().collect() })
    }

    fn opened(&self, body: &[u8]) -> Option<(String, Value)> {
        let ticket: Ticket = serde_json::from_slice(body).ok()?;
        Some(opened(&ticket))
    }

    /// Tickets are listed in the order of their numbers, so that a new one is among the last.
    fn look_for(&self, _subject: &str) -> Option<Call> {
        Some(self.open_tickets("&page=last"))
    }

    fn found(&self, body: &[u8], subject: &str) -> Option<(String, Value)> {
        let page: Page = serde_json::from_slice(body).ok()?;
        page.results.iter().find(|ticket| ticket.title == subject).map(opened)
    }
}

/// The name and the details of a ticket that we opened.
fn opened(ticket: &Ticket) -> (String, Value) {
    (ticket.id.to_string(), details(ticket))
}

impl DjangoHelpdesk {
    fn open_tickets(&self, page: &str) -> Call {
        let url = &self.0.url;
        Call::get(format!("{url}/api/tickets/?status={OPEN},{REOPENED}&page_size={PAGE}{page}"))
    }

    fn is_bot(&self, user: Option<u64>) -> bool {
        user.is_some_and(|user| user.to_string() == self.0.bot)
    }

    /// Whether a person has answered, told before what was written: who answers first keeps the ticket.
    fn taken(&self, ticket: &Ticket) -> Option<Event> {
        let by_person = |one: &&FollowUp| {
            one.public && one.user.is_some() && !self.is_bot(one.user) && !is_opening(ticket, one)
        };
        let last = ticket.followup_set.iter().filter(by_person).max_by_key(|one| one.id)?;
        let key = format!("taken {} {}", ticket.id, last.id);
        Some(event(ticket, key, Happened::Taken, last.written()))
    }

    /// What the desk tells of with a follow-up. A ticket that is closed was closed before the patient wrote in it.
    fn told(&self, ticket: &Ticket, follow_up: &FollowUp) -> Vec<Event> {
        let (written, closed) = (self.follow_up(ticket, follow_up), self.closed(ticket, follow_up));
        let events = if follow_up.user.is_none() { [closed, written] } else { [written, closed] };
        events.into_iter().flatten().collect()
    }

    /// That the ticket is closed, once for each time that it was; our own words tell nothing of it.
    fn closed(&self, ticket: &Ticket, follow_up: &FollowUp) -> Option<Event> {
        if ticket.status <= REOPENED || self.is_bot(follow_up.user) {
            return None;
        }
        let closes = |one: &&FollowUp| one.new_status.is_some_and(|status| status > REOPENED);
        let last = || ticket.followup_set.iter().filter(closes).map(|one| one.id).max();
        let by = follow_up.user.map(|_| follow_up.id).or_else(last).unwrap_or(follow_up.id);
        let key = format!("closed {} by {by}", ticket.id);
        Some(event(ticket, key, Happened::Closed, follow_up.written()))
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
        Some(event(ticket, format!("followup {}", follow_up.id), what, follow_up.written()))
    }
}

/// Whether it can stand behind the question mark of an address.
fn is_query(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

fn event(ticket: &Ticket, key: String, what: Happened, written: Option<u64>) -> Event {
    Event { key, conversation: ticket.id.to_string(), what, message: None, details: details(ticket), written }
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

/// The ticket's own words: its description, and its title where the question stands there. They were written when
/// the first follow-up was, or before.
fn description(ticket: &Ticket) -> Event {
    let body = ticket.description.as_deref().unwrap_or_default().trim();
    let title = ticket.title.trim();
    let text = match (body, title) {
        ("", title) => title.to_owned(),
        (body, title) if title.ends_with('?') && !body.contains('?') => format!("{title}\n{body}"),
        (body, _) => body.to_owned(),
    };
    let written = ticket.followup_set.iter().filter_map(FollowUp::written).min();
    event(ticket, format!("ticket {}", ticket.id), Happened::Asked { text }, written)
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
mod tests;
