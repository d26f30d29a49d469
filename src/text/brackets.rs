//! What stands in brackets at the end of a text: how a question carries what it is about, "how long (a biopsy)".

/// `question` with `aside` in brackets behind it; [`last_brackets`] gives both back, if the brackets within `aside` are
/// in pairs.
#[must_use]
pub fn in_brackets(question: &str, aside: &str) -> String {
    format!("{} ({aside})", question.trim_end())
}

/// What stands before the brackets that `text` ends with, and within them.
#[must_use]
pub fn last_brackets(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_suffix(')')?;
    let mut depth = 1_usize;
    for (at, mark) in inner.char_indices().rev() {
        depth = match mark {
            ')' => depth + 1,
            '(' => depth - 1,
            _ => continue,
        };
        if depth == 0 {
            return Some((inner.get(..at)?, inner.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_brackets_at_the_end_are_found_with_those_in_them() {
        assert_eq!(last_brackets("how long (a biopsy)"), Some(("how long ", "a biopsy")));
        assert_eq!(
            last_brackets("how long (does PRRT (Lutathera) take)"),
            Some(("how long ", "does PRRT (Lutathera) take"))
        );
        assert_eq!(last_brackets("(one) and (two)"), Some(("(one) and ", "two")));
        assert_eq!(last_brackets("PRRT (Lutathera) takes time"), None);
        assert_eq!(last_brackets("a) b)"), None);
    }

    proptest! {
        #[test]
        fn what_is_put_in_brackets_is_found_there(
            question in "\\PC{0,60}",
            aside in "[^()]{0,30}(\\([^()]{0,10}(\\([^()]{0,10}\\))?\\)[^()]{0,10}){0,2}",
        ) {
            let whole = in_brackets(&question, &aside);
            let (before, within) = last_brackets(&whole).unwrap();
            prop_assert_eq!((before.trim_end(), within), (question.trim_end(), aside.as_str()));
        }
    }
}
