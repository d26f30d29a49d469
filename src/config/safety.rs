//! What is shown to people in danger: `[safety]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Problem;
use super::action::{read_action, wrong_action};
use crate::answer::{Notice, NoticeKind};
use crate::conversation::RedFlags;

/// Largest list of additions, in bytes.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// The notices beside answers to messages that tell of danger, and the operator's own patterns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SafetyConfig {
    /// Files with patterns that add to the shipped list.
    pub additions: Vec<PathBuf>,
    /// One line above the notice of bodily danger.
    pub emergency_title: String,
    /// The notice of bodily danger.
    pub emergency_text: String,
    /// What can be done at once, each `label | address`.
    pub emergency_actions: Vec<String>,
    /// One line above the notice to people who may harm themselves.
    pub crisis_title: String,
    /// The notice to people who may harm themselves.
    pub crisis_text: String,
    /// What can be done at once, each `label | address`.
    pub crisis_actions: Vec<String>,
}

impl Default for SafetyConfig {
    fn default() -> Self {
        Self {
            additions: Vec::new(),
            emergency_title: "This may be an emergency".into(),
            emergency_text:
                "If you or someone else is in danger now, call your local emergency number (112 in \
                             Europe, 911 in the US). Do not wait for an answer here."
                    .into(),
            emergency_actions: vec!["Call 112 (Europe) | tel:112".into(), "Call 911 (US) | tel:911".into()],
            crisis_title: "Please talk to someone now".into(),
            crisis_text:
                "You do not have to go through this alone. If you or someone else may come to harm, call \
                          a helpline or your local emergency number (112 in Europe, 911 in the US). They are \
                          there day and night."
                    .into(),
            crisis_actions: vec![
                "Call 988 (US) | tel:988".into(),
                "Call 116 123 (much of Europe) | tel:116123".into(),
                "Call 112 (emergency, Europe) | tel:112".into(),
                "Call 911 (emergency, US) | tel:911".into(),
            ],
        }
    }
}

impl SafetyConfig {
    /// The operator's notice of this kind. Actions that are not understood are left out; loading the
    /// settings has refused them.
    #[must_use]
    pub fn notice(&self, kind: NoticeKind) -> Notice {
        let (title, text, actions) = match kind {
            NoticeKind::Emergency => (&self.emergency_title, &self.emergency_text, &self.emergency_actions),
            NoticeKind::Crisis => (&self.crisis_title, &self.crisis_text, &self.crisis_actions),
        };
        let actions = actions.iter().filter_map(|action| read_action(action)).collect();
        Notice { kind, title: title.clone(), text: text.clone(), actions }
    }

    /// The shipped list with the additions. Reads files.
    ///
    /// # Errors
    /// A file cannot be read, or a line of it is not understood.
    pub fn red_flags(&self) -> Result<RedFlags, Problem> {
        let mut lists = Vec::new();
        for path in &self.additions {
            let place = path.display().to_string();
            let wrong = |detail: String| Problem { place: place.clone(), detail };
            let size =
                std::fs::metadata(path).map_err(|error| wrong(format!("cannot be read: {error}")))?.len();
            if size > MAX_LIST_BYTES {
                return Err(wrong(format!("has {size} bytes; a list may have {MAX_LIST_BYTES}")));
            }
            let text =
                std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
            lists.push((place, text));
        }
        RedFlags::with_additions(&lists).map_err(|error| Problem {
            place: format!("{}:{}", error.place, error.line),
            detail: error.detail,
        })
    }

    /// Whether the numbers of the notices are those that the program is shipped with.
    #[must_use]
    pub fn has_default_numbers(&self) -> bool {
        let default = Self::default();
        self.emergency_actions == default.emergency_actions || self.crisis_actions == default.crisis_actions
    }

    /// What is wrong with these settings.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let emergency = self.emergency_actions.iter().map(|action| ("safety.emergency_actions", action));
        let crisis = self.crisis_actions.iter().map(|action| ("safety.crisis_actions", action));
        let actions = emergency.chain(crisis);
        let mut problems: Vec<Problem> =
            actions.filter_map(|(key, action)| wrong_action(key, action)).collect();
        problems.extend(self.red_flags().err());
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_actions_and_lists_are_told_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("own.txt");
        std::fs::write(&list, "[crisis own]\n@nobody\n").unwrap();
        let config = SafetyConfig {
            additions: vec![list.clone()],
            crisis_actions: vec!["Call".into()],
            ..SafetyConfig::default()
        };
        let told: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert!(told[0].contains("safety.crisis_actions: `Call`"), "{told:?}");
        assert!(told[1].contains("own.txt:2: there is no class `@nobody`"), "{told:?}");
        assert!(config.notice(NoticeKind::Crisis).actions.is_empty());
    }

    #[test]
    fn the_defaults_are_in_order() {
        assert_eq!(SafetyConfig::default().problems(), []);
        assert_eq!(SafetyConfig::default().notice(NoticeKind::Emergency).actions.len(), 2);
    }
}
