//! Settings of help desks: `[desks.NAME]`, as many as there are desks.

mod problems;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Problem;
use super::hours::OfficeHours;
use super::secret::Secret;

/// The help desks that are spoken with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskKind {
    /// Any other, by the rules of Standard Webhooks.
    #[default]
    Webhook,
    /// Chatwoot, as an agent bot.
    Chatwoot,
    /// django-helpdesk.
    DjangoHelpdesk,
    /// Zammad.
    Zammad,
    /// Slack, by its Events API.
    Slack,
    /// The Bot Framework, by a connector that is no service of Microsoft's.
    #[serde(rename = "botframework")]
    BotFramework,
}

impl DeskKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Webhook, Self::Chatwoot, Self::DjangoHelpdesk, Self::Zammad, Self::Slack, Self::BotFramework];

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Chatwoot => "chatwoot",
            Self::DjangoHelpdesk => "django_helpdesk",
            Self::Zammad => "zammad",
            Self::Slack => "slack",
            Self::BotFramework => "botframework",
        }
    }

    /// Whether a conversation can be opened there for a chat of our own.
    #[must_use]
    pub const fn takes_chats(self) -> bool {
        matches!(self, Self::Webhook | Self::DjangoHelpdesk | Self::Zammad)
    }

    /// Whether it has to be told where in the desk that conversation is opened.
    pub(super) const fn opens_in_an_account(self) -> bool {
        matches!(self, Self::DjangoHelpdesk | Self::Zammad)
    }

    /// Whether people wait there for the next line, as in a chat, and not for a letter.
    #[must_use]
    pub const fn is_chat(self) -> bool {
        matches!(self, Self::Chatwoot | Self::Slack | Self::BotFramework | Self::Webhook)
    }
}

/// What to do where the documents give no sure answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnsure {
    /// Nothing.
    Silent,
    /// Say `passed_on` and hand over.
    Say,
    /// Leave what was found to the staff, in an internal note.
    Note,
}

/// When staff get an internal note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notes {
    /// With everything that Ibid does.
    Always,
    /// When it is not sure, and when it hands over.
    WhenUnsure,
    /// Only where `when_unsure` says so.
    Never,
}

/// In relation to the office hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At any time.
    Always,
    /// While somebody is there.
    InsideHours,
    /// While nobody is there.
    OutsideHours,
}

/// What makes Ibid hand over to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOver {
    /// The patient asks for one.
    Request,
    /// The message tells of danger.
    RedFlag,
    /// Some answers in a row did not help.
    Misses,
}

/// One help desk: how it is reached, how it proves itself, and what Ibid does there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskConfig {
    /// Which one.
    pub kind: DeskKind,
    /// Where its API is, e.g. `https://desk.clinic.example`.
    pub url: String,
    /// The account or queue there, where it has several.
    pub account: String,
    /// Ibid's own user there, so that it does not answer itself.
    pub bot: String,
    /// What lets Ibid in there.
    pub token: Secret,
    /// File with the token.
    pub token_file: PathBuf,
    /// What proves that a call comes from the desk: it signs, or it is the last part of the hook's address.
    pub secret: Secret,
    /// File with the secret.
    pub secret_file: PathBuf,
    /// Whether the desk signs what it sends.
    pub signed: bool,
    /// Where the keys are told that a signing Bot Framework signs with: an OpenID configuration.
    pub keys_url: String,
    /// Where access tokens for it are had.
    pub token_url: String,
    /// When Ibid answers.
    pub answers: When,
    /// The confidence from which an answer goes to the patient, 0 to 1.
    pub answer_from: f32,
    /// Most quotes in an answer.
    pub quotes: usize,
    /// What happens below that.
    pub when_unsure: WhenUnsure,
    /// When staff get a note.
    pub notes: Notes,
    /// What makes Ibid hand over.
    pub hand_over: Vec<HandOver>,
    /// When it does; a red flag is handed over at any time.
    pub hand_over_when: When,
    /// How many answers in a row did not help.
    pub hand_over_after: u32,
    /// Who gets what is handed over: a user, a team or a group of the desk.
    pub hand_over_to: String,
    /// When somebody is there, e.g. `Mon-Fri 08:00-17:00`; none: always.
    pub office_hours: Vec<String>,
    /// The time zone of these hours.
    pub time_zone: String,
    /// How often the desk is asked for what it could not tell, where that can be asked; 0: never.
    pub poll_secs: u64,
    /// Said where Ibid is not sure.
    pub passed_on: String,
    /// Said when a person was asked for.
    pub handed_over: String,
    /// Said when a person was asked for and nobody is there.
    pub closed: String,
}

impl Default for DeskConfig {
    fn default() -> Self {
        Self::of(DeskKind::default())
    }
}

impl DeskConfig {
    /// What a desk of `kind` has where nothing is said.
    #[must_use]
    pub fn of(kind: DeskKind) -> Self {
        Self {
            kind,
            url: String::new(),
            account: String::new(),
            bot: String::new(),
            token: Secret::default(),
            token_file: PathBuf::new(),
            secret: Secret::default(),
            secret_file: PathBuf::new(),
            signed: !matches!(kind, DeskKind::DjangoHelpdesk | DeskKind::BotFramework),
            keys_url: "https://login.botframework.com/v1/.well-known/openidconfiguration".into(),
            token_url: "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token".into(),
            answers: When::Always,
            answer_from: 0.5,
            quotes: 2,
            when_unsure: if kind.is_chat() { WhenUnsure::Say } else { WhenUnsure::Note },
            notes: Notes::WhenUnsure,
            hand_over: vec![HandOver::Request, HandOver::RedFlag, HandOver::Misses],
            hand_over_when: When::Always,
            hand_over_after: 2,
            hand_over_to: String::new(),
            office_hours: Vec::new(),
            time_zone: "UTC".into(),
            // Zammad wants a call for each ticket that it lists.
            poll_secs: if matches!(kind, DeskKind::Zammad) { 600 } else { 60 },
            passed_on: "I am not sure about this one. I have passed your question to our team.".into(),
            handed_over: "I have passed this to our team. A person will answer you here.".into(),
            closed:
                "Nobody of our team is here at the moment. They will see your message when they are back."
                    .into(),
        }
    }

    /// The token.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn read_token(&self, name: &str) -> Result<Secret, Problem> {
        self.token.or_file(&self.token_file, &format!("desks.{name}.token_file"))
    }

    /// The secret.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn read_secret(&self, name: &str) -> Result<Secret, Problem> {
        self.secret.or_file(&self.secret_file, &format!("desks.{name}.secret_file"))
    }

    /// The office hours.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn hours(&self, name: &str) -> Result<OfficeHours, Problem> {
        OfficeHours::parse(&self.office_hours, &self.time_zone)
            .map_err(|detail| Problem { place: format!("desks.{name}.office_hours"), detail })
    }
}

#[cfg(test)]
mod tests;
