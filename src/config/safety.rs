//! What is shown to people in danger: `[safety]`.

use std::path::{Path, PathBuf};

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
        let lists: Vec<_> = self.additions.iter().map(|path| read_list(path)).collect::<Result<_, _>>()?;
        RedFlags::with_additions(&lists).map_err(|error| Problem {
            place: format!("{}:{}", error.place, error.line),
            detail: error.detail,
        })
    }

    /// The keys whose telephone numbers are those that the program is shipped with.
    #[must_use]
    pub fn shipped_numbers(&self) -> Vec<&'static str> {
        let shipped = Self::default();
        [
            ("emergency_text", self.emergency_text == shipped.emergency_text),
            ("emergency_actions", self.emergency_actions == shipped.emergency_actions),
            ("crisis_text", self.crisis_text == shipped.crisis_text),
            ("crisis_actions", self.crisis_actions == shipped.crisis_actions),
        ]
        .into_iter()
        .filter_map(|(key, is_shipped)| is_shipped.then_some(key))
        .collect()
    }

    /// The keys of the notices that offer nothing to press.
    #[must_use]
    pub fn without_actions(&self) -> Vec<&'static str> {
        let lists =
            [("emergency_actions", &self.emergency_actions), ("crisis_actions", &self.crisis_actions)];
        lists.into_iter().filter_map(|(key, actions)| actions.is_empty().then_some(key)).collect()
    }

    /// What is wrong with these settings.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let emergency = self.emergency_actions.iter().map(|action| ("safety.emergency_actions", action));
        let crisis = self.crisis_actions.iter().map(|action| ("safety.crisis_actions", action));
        let actions = emergency.chain(crisis);
        let mut problems: Vec<Problem> =
            actions.filter_map(|(key, action)| wrong_action(key, action)).collect();
        for (kind, text, actions) in [
            ("emergency", &self.emergency_text, &self.emergency_actions),
            ("crisis", &self.crisis_text, &self.crisis_actions),
        ] {
            if text.trim().is_empty() && actions.is_empty() {
                let detail = format!(
                    "people in danger would be told nothing; write a text, or a number in `{kind}_actions`"
                );
                problems.push(Problem { place: format!("safety.{kind}_text"), detail });
            }
        }
        let unreadable: Vec<Problem> =
            self.additions.iter().filter_map(|path| read_list(path).err()).collect();
        if unreadable.is_empty() {
            problems.extend(self.red_flags().err());
        }
        problems.extend(unreadable);
        problems
    }
}

/// The name and the text of a list of additions.
fn read_list(path: &Path) -> Result<(String, String), Problem> {
    let name = path.display().to_string();
    let wrong =
        |detail: String| Problem { place: "safety.additions".into(), detail: format!("{name} {detail}") };
    let size = std::fs::metadata(path).map_err(|error| wrong(format!("cannot be read: {error}")))?.len();
    if size > MAX_LIST_BYTES {
        return Err(wrong(format!("has {size} bytes; a list may have {MAX_LIST_BYTES}")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    Ok((name, text))
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
    fn every_list_that_cannot_be_read_is_told_with_the_key() {
        let config = SafetyConfig {
            additions: vec!["no/such/list.txt".into(), "no/such/other.txt".into()],
            ..SafetyConfig::default()
        };
        let told: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("safety.additions: no/such/list.txt cannot be read"), "{told:?}");
        assert!(told[1].starts_with("safety.additions: no/such/other.txt cannot be read"), "{told:?}");
    }

    #[test]
    fn a_notice_that_says_nothing_is_refused_and_one_without_a_number_is_told() {
        let mut config = SafetyConfig { emergency_actions: Vec::new(), ..SafetyConfig::default() };
        assert_eq!((config.problems(), config.without_actions()), (Vec::new(), vec!["emergency_actions"]));
        config.emergency_text = " ".into();
        let problems = config.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].place, "safety.emergency_text");
        config.emergency_actions = vec!["Call 144 | tel:144".into()];
        assert_eq!(config.problems(), []);
    }

    #[test]
    fn numbers_count_as_shipped_until_the_texts_are_the_operators_too() {
        let mut config = SafetyConfig::default();
        assert_eq!(config.shipped_numbers().len(), 4);
        config.emergency_actions = vec!["Call 999 | tel:999".into()];
        config.crisis_actions = vec!["Call 116 123 | tel:116123".into()];
        assert_eq!(config.shipped_numbers(), ["emergency_text", "crisis_text"]);
        config.emergency_text = "Call 999.".into();
        config.crisis_text = "Call the Samaritans.".into();
        assert_eq!(config.shipped_numbers(), Vec::<&str>::new());
    }

    #[test]
    fn the_defaults_are_in_order() {
        assert_eq!(SafetyConfig::default().problems(), []);
        assert_eq!(SafetyConfig::default().notice(NoticeKind::Emergency).actions.len(), 2);
    }
}
