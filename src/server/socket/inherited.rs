//! Questions that a connection takes over from the one before it.
//!
//! A client asks again what it has no answer to. Where the answer is on its way already, that is the same question,
//! and the answer must not come twice; once the client has the answer, asking again is meant.

use std::collections::BTreeMap;

/// Questions of an earlier connection that had no answer yet when this one took the session up, and that the client
/// has not asked again.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    /// By id; with the number of the frame that answers it, as long as that may not have come.
    questions: BTreeMap<String, Option<u64>>,
}

impl Inherited {
    /// Those of these ids, none of which has an answer yet.
    pub(super) fn of(pending: impl Iterator<Item = String>) -> Self {
        Self { questions: pending.map(|id| (id, None)).collect() }
    }

    /// The question `id` was asked over this connection. Whether that is one that is here already.
    pub(super) fn asked_again(&mut self, id: &str) -> bool {
        self.questions.remove(id).is_some()
    }

    /// The question `id` was refused: asked again, it is meant to be answered.
    pub(super) fn refused(&mut self, id: &str) {
        self.questions.remove(id);
    }

    /// Frame `seq` answers the question `id`. Whether that is one of these.
    pub(super) fn answered(&mut self, id: &str, seq: u64) -> bool {
        self.questions.get_mut(id).map(|answered| *answered = Some(seq)).is_some()
    }

    /// The client has all frames up to number `seq`.
    pub(super) fn came(&mut self, seq: u64) {
        self.questions.retain(|_, answered| answered.is_none_or(|answered| answered > seq));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inherited() -> Inherited {
        Inherited::of(["a", "b"].map(str::to_owned).into_iter())
    }

    #[test]
    fn what_is_asked_again_while_its_answer_is_on_its_way_is_the_same_question() {
        let mut questions = inherited();
        assert!(questions.answered("a", 7) && !questions.answered("c", 8));
        questions.came(6);
        assert!(questions.asked_again("a") && questions.asked_again("b") && !questions.asked_again("c"));
        assert!(!questions.asked_again("a"), "a second time is meant");
    }

    #[test]
    fn what_is_asked_again_when_its_answer_has_come_is_meant() {
        let mut questions = inherited();
        questions.answered("a", 7);
        questions.came(7);
        assert!(!questions.asked_again("a"));
        questions.refused("b");
        assert!(!questions.asked_again("b"));
    }
}
