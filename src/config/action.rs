//! Things to press, written `label | address`.

use super::Problem;
use crate::answer::NoticeAction;

/// Addresses that an action may lead to.
const SCHEMES: [&str; 4] = ["tel:", "sms:", "https://", "mailto:"];

/// Reads an action.
pub(super) fn read_action(text: &str) -> Option<NoticeAction> {
    let (label, href) = text.rsplit_once('|')?;
    let (label, href) = (label.trim(), href.trim());
    let known = SCHEMES.iter().any(|scheme| href.len() > scheme.len() && href.starts_with(scheme));
    (known && !label.is_empty() && !href.contains(char::is_whitespace))
        .then(|| NoticeAction { label: label.to_owned(), href: href.to_owned() })
}

/// What is wrong with an action of the setting `key`.
pub(super) fn wrong_action(key: &str, text: &str) -> Option<Problem> {
    if read_action(text).is_some() {
        return None;
    }
    let detail = format!(
        "`{text}` is no action; write `label | address` with an address that begins with {}",
        SCHEMES.join(", ")
    );
    Some(Problem { place: key.to_owned(), detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_label_and_an_address_of_a_known_kind() {
        assert_eq!(read_action("Call 112 | tel:112").unwrap().href, "tel:112");
        for text in ["tel:112", "| tel:112", "Press | javascript:alert(1)", "Call | tel:", "Call | tel:1 2"] {
            assert!(read_action(text).is_none(), "{text}");
        }
    }
}
