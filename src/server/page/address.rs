//! Addresses that may be linked.

/// `address`, if it is one of the web: anything else (`javascript:`, `data:`) is not linked.
pub(super) fn web_address(address: &str) -> Option<&str> {
    let begins =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    (begins("https://") || begins("http://")).then_some(address)
}
