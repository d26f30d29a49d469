//! What is wrong with the settings of a desk.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{DeskConfig, DeskKind, Notes, WhenUnsure};
use crate::config::{Problem, Secret};

/// Fewest bytes of a secret, decoded where it is encoded.
const SHORTEST_SECRET: usize = 16;

/// Collects what is wrong with one desk.
struct Check<'a> {
    /// Name of the desk.
    name: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    const fn of(name: &'a str) -> Self {
        Self { name, problems: Vec::new() }
    }

    fn wrong(&mut self, key: &str, detail: impl Into<String>) {
        let place = format!("desks.{}.{key}", self.name);
        self.problems.push(Problem { place, detail: detail.into() });
    }
}

impl DeskConfig {
    /// What is wrong with it, its secrets aside.
    pub(in crate::config) fn problems(&self, name: &str) -> Vec<Problem> {
        let mut check = Check::of(name);
        if !is_name(name) {
            check.wrong("", "the name of a desk is 1 to 40 of a-z, 0-9 and _, as it stands in an address");
        }
        if !is_web_address(&self.url) && (self.needs_url() || !self.url.is_empty()) {
            check.wrong("url", "where the desk's API is, as in https://desk.clinic.example");
        }
        if !(0.0..=1.0).contains(&self.answer_from) {
            check.wrong("answer_from", format!("{} is out of range; use 0 to 1", self.answer_from));
        }
        if !(1..=5).contains(&self.quotes) {
            check.wrong("quotes", format!("{} is out of range; use 1 to 5", self.quotes));
        }
        match self.kind {
            DeskKind::Chatwoot => self.check_chatwoot(&mut check),
            DeskKind::DjangoHelpdesk => self.check_django_helpdesk(&mut check),
            DeskKind::Zammad => self.check_zammad(&mut check),
            DeskKind::Slack => self.check_slack(&mut check),
            DeskKind::BotFramework => self.check_bot_framework(&mut check),
            DeskKind::Webhook => {}
        }
        check.problems.extend(self.hours(name).err());
        check.problems
    }

    fn check_chatwoot(&self, check: &mut Check<'_>) {
        if !is_number(&self.account) {
            check.wrong("account", "the number of the account, as in the address app/accounts/NUMBER");
        }
        let to = self.hand_over_to.trim();
        if !to.is_empty() && !is_number(to.strip_prefix("team:").unwrap_or(to).trim()) {
            check.wrong("hand_over_to", "the number of an agent, or `team:` and the number of a team");
        }
    }

    fn check_django_helpdesk(&self, check: &mut Check<'_>) {
        if !is_number(&self.bot) {
            check.wrong("bot", "the number of Ibid's own user there, so that it does not answer itself");
        }
        let (queue, to) = (self.account.trim(), self.hand_over_to.trim());
        if !queue.is_empty() && !is_number(queue) {
            check.wrong("account", "the number of the queue in which chats that are handed over are opened");
        }
        if !to.is_empty() && !is_number(to) {
            check.wrong("hand_over_to", "the number of a user");
        }
    }

    fn check_zammad(&self, check: &mut Check<'_>) {
        if self.bot.is_empty() {
            check.wrong("bot", "the login of Ibid's own user there, so that it does not answer itself");
        }
    }

    /// What is passed on from a direct message has to reach somebody.
    fn check_slack(&self, check: &mut Check<'_>) {
        let passes_on = self.when_unsure == WhenUnsure::Say || !self.hand_over.is_empty();
        if passes_on && self.account.is_empty() {
            check.wrong(
                "account",
                "the channel of the staff; without it nobody would learn of what is passed on from a direct \
                 message",
            );
        }
        if passes_on && self.notes == Notes::Never && self.hand_over_to.is_empty() {
            check.wrong(
                "hand_over_to",
                "whom to mention, or `notes` at hand-overs; without either nobody would learn of what is \
                 passed on",
            );
        }
    }

    fn check_bot_framework(&self, check: &mut Check<'_>) {
        if !self.has_tokens() {
            return;
        }
        if self.account.is_empty() {
            check.wrong("account", "the Microsoft App ID of the bot, which calls are signed for");
        }
        for (key, url) in [("keys_url", &self.keys_url), ("token_url", &self.token_url)] {
            if !is_web_address(url) {
                check.wrong(key, "an address, as in https://login.example/path");
            }
        }
    }

    /// What is wrong with its secrets.
    pub(in crate::config) fn problems_of_secrets(&self, name: &str) -> Vec<Problem> {
        let mut check = Check::of(name);
        match self.read_token(name) {
            Ok(token) => self.check_token(&token, &mut check),
            Err(problem) => check.problems.push(problem),
        }
        match self.read_secret(name) {
            Ok(secret) => self.check_secret(secret.reveal(), &mut check),
            Err(problem) => check.problems.push(problem),
        }
        check.problems
    }

    fn check_token(&self, token: &Secret, check: &mut Check<'_>) {
        if !token.is_empty() {
            return;
        }
        if self.has_tokens() {
            check.wrong("token", "the client secret of the bot, from `token_file` or the environment");
        } else if !matches!(self.kind, DeskKind::Webhook | DeskKind::BotFramework) {
            check.wrong("token", "what lets Ibid in there, from `token_file` or the environment");
        }
    }

    fn check_secret(&self, secret: &str, check: &mut Check<'_>) {
        if self.has_tokens() {
            return;
        }
        if self.kind == DeskKind::Webhook && self.signed {
            if !is_standard_secret(secret) {
                check.wrong(
                    "secret",
                    "`whsec_` and base64, by the rules of Standard Webhooks, from `secret_file` or the \
                     environment; make it with `echo \"whsec_$(openssl rand -base64 32)\"`",
                );
            }
        } else if secret.len() < SHORTEST_SECRET {
            check.wrong(
                "secret",
                "at least 16 characters, from `secret_file` or the environment; make them with \
                 `openssl rand -hex 32` where the desk gives none",
            );
        }
    }

    const fn needs_url(&self) -> bool {
        !matches!(self.kind, DeskKind::Slack) && !self.has_tokens()
    }

    /// Whether it is Microsoft's own service, whose tokens prove and say where replies go.
    const fn has_tokens(&self) -> bool {
        matches!(self.kind, DeskKind::BotFramework) && self.signed
    }
}

/// Whether `secret` is one by the rules of Standard Webhooks, and long enough.
fn is_standard_secret(secret: &str) -> bool {
    let key = secret.strip_prefix("whsec_").and_then(|encoded| STANDARD.decode(encoded).ok());
    key.is_some_and(|key| key.len() >= SHORTEST_SECRET)
}

fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok()
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=40).contains(&name.len()) && name.chars().all(fits)
}
