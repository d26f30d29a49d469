//! Things to press, written `label | address`.

use super::Problem;
use crate::answer::NoticeAction;

/// Addresses that an action may lead to.
const SCHEMES: [&str; 4] = ["tel:", "sms:", "https://", "mailto:"];

/// Reads an action.
pub(super) fn read_action(text: &str) -> Option<NoticeAction> {
    parse(text).ok()
}

/// What is wrong with an action of the setting `key`.
pub(super) fn wrong_action(key: &str, text: &str) -> Option<Problem> {
    let why = parse(text).err()?;
    let detail = format!(
        "`{text}` is no action: {why}; write `label | address` with an address that begins with {}",
        SCHEMES.join(", ")
    );
    Some(Problem { place: key.to_owned(), detail })
}

fn parse(text: &str) -> Result<NoticeAction, &'static str> {
    let (label, href) = text.rsplit_once('|').ok_or("it has no `|`")?;
    let (label, href) = (label.trim(), href.trim());
    if label.is_empty() {
        return Err("it has no label");
    }
    let scheme = SCHEMES.into_iter().find(|scheme| href.starts_with(scheme));
    let scheme = scheme.ok_or("its address is of no known kind")?;
    if href.contains(char::is_whitespace) {
        return Err("there is a space in the address");
    }
    let rest = href.strip_prefix(scheme).unwrap_or_default();
    if rest.is_empty() {
        return Err("its address is not complete");
    }
    if matches!(scheme, "tel:" | "sms:") && !rest.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err("its number has no digit");
    }
    Ok(NoticeAction { label: label.to_owned(), href: href.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_label_and_an_address_of_a_known_kind() {
        assert_eq!(read_action("Call 112 | tel:112").unwrap().href, "tel:112");
        for (text, why) in [
            ("tel:112", "no `|`"),
            ("| tel:112", "no label"),
            ("Press | javascript:alert(1)", "no known kind"),
            ("Call | tel:", "not complete"),
            ("Call | tel:1 2", "a space in the address"),
            ("Call | tel:abc", "no digit"),
            ("Write | sms:+", "no digit"),
        ] {
            assert!(read_action(text).is_none(), "{text}");
            let problem = wrong_action("brand.contact", text).unwrap();
            assert!(problem.detail.contains(why), "{problem}");
        }
        assert_eq!(wrong_action("brand.contact", "Write | mailto:ward@clinic.example"), None);
    }
}
