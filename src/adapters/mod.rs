//! Help desks and assistants: what they send, what they are told.
//!
//! Pure: it reads and writes bytes and values, and knows no network and no server. An [`Adapter`] proves and
//! parses what its desk sends, and says which calls carry out a [`Step`] there; [`decide`] says which steps.
//! Other people's clients, of [`directline`], [`openai`] and [`rasa`], send what they always send: members that are
//! not known here are passed over.

mod activity;
mod botframework;
mod chatwoot;
mod content;
pub mod directline;
mod django_helpdesk;
mod html;
mod model;
pub mod openai;
mod policy;
pub mod rasa;
mod signature;
mod slack;
mod token;
mod webhook;
mod zammad;

use std::fmt;

use serde_json::Value;

pub use content::{Content, Links};
pub use model::{
    Call, Conversation, Delivery, Event, Happened, Login, Method, Polled, Received, Rejection, Seen, Step,
    Verdict,
};
pub use policy::{Decision, Situation, decide};
pub use signature::{webhook_key, webhook_signature};
pub use token::{AccessToken, Discovery, Keys};

use crate::config::{DeskConfig, DeskKind, Problem, Secret};

/// What speaks with one desk.
pub trait Adapter: fmt::Debug + Send + Sync {
    /// Where the keys are told that the desk signs with; none where it publishes none.
    fn discovery(&self) -> Option<&str> {
        None
    }

    /// What asks for an access token; none where calls need none.
    fn login(&self, _keys: &Keys) -> Option<Login> {
        None
    }

    /// Proves that the desk makes this call.
    ///
    /// # Errors
    /// It is not proven, or too old.
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection>;

    /// Reads a call that is proven.
    ///
    /// # Errors
    /// It is not what the desk sends.
    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection>;

    /// Proves and reads a call of the desk.
    ///
    /// # Errors
    /// It is not proven, too old, or not what the desk sends.
    fn receive(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        self.prove(delivery)?;
        self.read(delivery)
    }

    /// The call that does `step` in a conversation; none where the desk has nothing like it.
    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call>;

    /// Headers of a call beside its type: `id` is the same whenever the call is tried again.
    fn headers(&self, id: &str, now: u64, body: &[u8]) -> Vec<(&'static str, String)>;

    /// The call of a step with a mark in it, where the desk keeps one and shows it again. `mark` is the same whenever the
    /// step is tried again, and no other step's.
    fn marked(&self, call: Call, _mark: &str) -> Call {
        call
    }

    /// What a response means.
    fn verdict(&self, status: u16, retry_after: Option<u64>, _body: &[u8]) -> Verdict {
        by_status(status, retry_after)
    }

    /// Why the desk refuses a call for ever, and what helps, where its response tells. Holds nothing that anybody wrote.
    fn reason(&self, _body: &[u8]) -> Option<String> {
        None
    }

    /// The name of the conversation in which a step stands when the desk has taken it, as [`Adapter::look`] takes it; none
    /// for a step that leaves nothing to be seen.
    fn place(&self, conversation: Conversation<'_>, step: &Step) -> Option<String> {
        let is_said = matches!(step, Step::Reply { .. } | Step::Note { .. } | Step::Forward { .. });
        is_said.then(|| conversation.name.to_owned())
    }

    /// The call that shows what stands in a conversation, for when it is not known whether a reply arrived.
    fn look(&self, _conversation: Conversation<'_>) -> Option<Call> {
        None
    }

    /// How a content of ours reads where the desk gives it back, up to marks and spaces.
    fn shown(&self, content: &Content) -> String {
        content.plain()
    }

    /// What that call showed; none where it cannot be read.
    fn seen(&self, _body: &[u8]) -> Option<Seen> {
        None
    }

    /// The call that lists what waits, for what the desk could not tell while nobody listened.
    fn poll(&self) -> Option<Call> {
        None
    }

    /// What it lists; none where it cannot be read.
    fn polled(&self, _body: &[u8]) -> Option<Polled> {
        None
    }

    /// The name of the conversation that [`Step::Open`] opened.
    fn opened(&self, _body: &[u8]) -> Option<(String, Value)> {
        None
    }

    /// The call that lists where a conversation opened with this subject would stand, for when it is not known whether
    /// [`Step::Open`] arrived.
    fn look_for(&self, _subject: &str) -> Option<Call> {
        None
    }

    /// The conversation of this subject in what that call listed, as [`Adapter::opened`] names it; none where it is not
    /// among it.
    fn found(&self, _body: &[u8], _subject: &str) -> Option<(String, Value)> {
        None
    }

    /// Whether an event only tells how the conversation stood when the patient wrote, and not that anybody changed that: it
    /// may be older than what we did since.
    fn is_aside(&self, _event: &Event) -> bool {
        false
    }

    /// What is done at the desk because of what a person did there, so that both agree whose the conversation is.
    fn acknowledge(&self, _event: &Event) -> Option<Step> {
        None
    }
}

/// What speaks with the desk `name`.
///
/// # Errors
/// Its token or secret cannot be read.
pub fn adapter(name: &str, desk: &DeskConfig) -> Result<Box<dyn Adapter>, Problem> {
    let base = Base {
        url: desk.url.trim_end_matches('/').to_owned(),
        account: desk.account.clone(),
        bot: desk.bot.clone(),
        token: desk.read_token(name)?,
        secret: desk.read_secret(name)?,
        signed: desk.signed,
        keys_url: desk.keys_url.clone(),
        token_url: desk.token_url.clone(),
        hand_over_to: desk.hand_over_to.clone(),
    };
    Ok(match desk.kind {
        DeskKind::Webhook => Box::new(webhook::Webhook(base)),
        DeskKind::Chatwoot => Box::new(chatwoot::Chatwoot(base)),
        DeskKind::DjangoHelpdesk => Box::new(django_helpdesk::DjangoHelpdesk(base)),
        DeskKind::Zammad => Box::new(zammad::Zammad(base)),
        DeskKind::Slack => Box::new(slack::Slack(base)),
        DeskKind::BotFramework => Box::new(botframework::BotFramework(base)),
    })
}

/// What every adapter is made from.
#[derive(Debug, Clone, Default)]
struct Base {
    /// Without a final slash.
    url: String,
    account: String,
    bot: String,
    token: Secret,
    secret: Secret,
    signed: bool,
    keys_url: String,
    token_url: String,
    hand_over_to: String,
}

/// What the status alone says: taken, to be tried again (RFC 9110: 408, 425, 429, 5xx), or never.
#[must_use]
pub fn by_status(status: u16, retry_after: Option<u64>) -> Verdict {
    match status {
        200..=299 => Verdict::Done,
        408 | 425 | 429 | 500..=599 => Verdict::Again(retry_after),
        _ => Verdict::Refused,
    }
}
