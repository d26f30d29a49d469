//! The numbered frames of a session, as far back as they are kept.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::ws::Utf8Bytes;

/// What a frame is to the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// The answer to the client's question of this id.
    Answer(Box<str>),
    /// The refusal of the client's question of this id.
    Refusal(Box<str>),
    /// What a help desk says, by the name of the event.
    Desk(Box<str>),
    /// Anything else.
    Other,
}

/// Stands before the name of a help desk's event where the id of a question would stand.
const DESK: &str = "desk ";

impl FrameKind {
    /// Whether something was said by it: a question answered, or a word of a help desk.
    pub(crate) const fn says_something(&self) -> bool {
        matches!(self, Self::Answer(_) | Self::Desk(_))
    }

    /// The name under which it is kept on disk.
    pub(crate) fn saved(&self) -> Option<String> {
        match self {
            Self::Answer(id) | Self::Refusal(id) => Some(id.to_string()),
            Self::Desk(key) => Some(format!("{DESK}{key}")),
            Self::Other => None,
        }
    }

    /// What was kept under this name.
    pub(crate) fn of_saved(name: Option<String>, is_answer: bool) -> Self {
        match name {
            Some(id) if is_answer => Self::Answer(id.into()),
            Some(name) => match name.strip_prefix(DESK) {
                Some(key) => Self::Desk(key.into()),
                None => Self::Refusal(name.into()),
            },
            None => Self::Other,
        }
    }
}

/// A frame that was sent, or would have been.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) kind: FrameKind,
    /// As it goes over the wire.
    pub(crate) text: Utf8Bytes,
}

/// Which frames of a session can be sent again, for whoever does not have the session itself.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Number of the frame before the oldest that is kept.
    before: AtomicU64,
    last: AtomicU64,
}

impl Reach {
    /// Whether every frame after number `after` can be sent again. A session that was only minted has no frame yet.
    pub(crate) fn covers(&self, after: u64) -> bool {
        let (before, last) = (self.before.load(Ordering::Acquire), self.last.load(Ordering::Acquire));
        if last == 0 { after == 0 } else { (before..=last).contains(&after.max(1)) }
    }
}

/// The latest frames of a session. The first `hello` is number 1 and is not kept: nobody can ask for it again.
#[derive(Debug)]
pub(crate) struct FrameLog {
    /// Ascending; the last one has the number `last`.
    frames: VecDeque<Logged>,
    last: u64,
    bytes: usize,
    max_frames: usize,
    max_bytes: usize,
    has_said: bool,
    reach: Arc<Reach>,
}

impl FrameLog {
    /// Nothing sent yet.
    pub(crate) fn new(max_frames: usize, max_bytes: usize) -> Self {
        Self {
            frames: VecDeque::new(),
            last: 0,
            bytes: 0,
            max_frames,
            max_bytes,
            has_said: false,
            reach: Arc::default(),
        }
    }

    /// Number of the last frame; 0 before the first.
    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    /// Bytes of the frames kept.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether anything was ever said in it but refusals and goodbyes.
    pub(crate) const fn has_said(&self) -> bool {
        self.has_said
    }

    /// Which frames can be sent again, from now on too.
    pub(crate) fn reach(&self) -> Arc<Reach> {
        Arc::clone(&self.reach)
    }

    /// Number of the oldest frame kept, or of the next one where none is.
    pub(crate) fn oldest(&self) -> u64 {
        (self.last + 1).saturating_sub(self.frames.len() as u64)
    }

    /// The frames kept from number `from` on, each with its number.
    pub(crate) fn numbered(&self, from: u64) -> impl Iterator<Item = (u64, &Logged)> {
        let from = from.max(self.oldest());
        let skipped = usize::try_from(from - self.oldest()).unwrap_or(usize::MAX);
        (from..).zip(self.frames.iter().skip(skipped))
    }

    /// Counts the first `hello`.
    pub(crate) fn begin(&mut self) {
        self.last = self.last.max(1);
        self.note_reach();
    }

    /// Takes the number of the frame before the first that will be added.
    pub(crate) fn begin_after(&mut self, last: u64) {
        self.last = last;
        self.note_reach();
    }

    /// Adds the frame with the next number, and drops the oldest where there is too much.
    pub(crate) fn push(&mut self, frame: Logged) {
        self.last += 1;
        self.has_said |= frame.kind.says_something();
        self.bytes += frame.text.len();
        self.frames.push_back(frame);
        while self.frames.len() > self.max_frames || self.bytes > self.max_bytes {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.bytes -= oldest.text.len();
        }
        self.note_reach();
    }

    fn note_reach(&self) {
        self.reach.before.store(self.oldest().saturating_sub(1), Ordering::Release);
        self.reach.last.store(self.last, Ordering::Release);
    }

    /// The frames after number `after`; none where some of them are gone or `after` is yet to come.
    pub(crate) fn since(&self, after: u64) -> Option<impl Iterator<Item = &Logged>> {
        let after = after.max(1);
        let missed = usize::try_from(self.last.checked_sub(after)?).ok()?;
        let kept = self.frames.len().checked_sub(missed)?;
        Some(self.frames.iter().skip(kept))
    }

    /// The answer that the question `id` got, while it is kept.
    pub(crate) fn answer_to(&self, id: &str) -> Option<&Logged> {
        self.frames
            .iter()
            .rev()
            .find(|frame| matches!(&frame.kind, FrameKind::Answer(known) if **known == *id))
    }

    /// Whether the help desk's event of this name is among the frames kept.
    pub(crate) fn has_desk(&self, key: &str) -> bool {
        self.frames.iter().any(|frame| matches!(&frame.kind, FrameKind::Desk(known) if **known == *key))
    }

    /// Whether frame `seq` is an answer that is kept.
    pub(crate) fn is_answer(&self, seq: u64) -> bool {
        let back = self.last.checked_sub(seq).and_then(|back| usize::try_from(back).ok());
        let at = back.and_then(|back| self.frames.len().checked_sub(back + 1));
        let frame = at.and_then(|at| self.frames.get(at));
        frame.is_some_and(|frame| matches!(frame.kind, FrameKind::Answer(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: &str) -> Logged {
        Logged { kind: FrameKind::Answer(id.into()), text: format!("answer {id}").into() }
    }

    fn texts(log: &FrameLog, after: u64) -> Option<Vec<String>> {
        Some(log.since(after)?.map(|frame| frame.text.to_string()).collect())
    }

    #[test]
    fn what_was_missed_comes_again_or_it_is_said_that_it_cannot() {
        let mut log = FrameLog::new(2, 1000);
        assert_eq!(texts(&log, 0), None);
        log.begin();
        assert_eq!(texts(&log, 0), Some(vec![]));
        for id in ["a", "b", "c"] {
            log.push(answer(id));
        }
        assert_eq!(log.last(), 4);
        assert_eq!(texts(&log, 4), Some(vec![]));
        assert_eq!(texts(&log, 2), Some(vec!["answer b".into(), "answer c".into()]));
        assert_eq!(texts(&log, 1), None, "the oldest is gone");
        assert_eq!(texts(&log, 5), None, "that number is not given yet");
    }

    #[test]
    fn who_does_not_have_the_log_knows_as_well_what_can_be_sent_again() {
        let mut log = FrameLog::new(2, 1000);
        let reach = log.reach();
        assert_eq!([0, 1].map(|after| reach.covers(after)), [true, false], "only minted");
        log.begin();
        assert_eq!([0, 1, 2].map(|after| reach.covers(after)), [true, true, false]);
        for id in ["a", "b", "c"] {
            log.push(answer(id));
        }
        for after in 0..6 {
            assert_eq!(reach.covers(after), log.since(after).is_some(), "{after}");
        }
        let kept: Vec<u64> = log.numbered(0).map(|(seq, _)| seq).collect();
        assert_eq!((log.oldest(), kept, log.numbered(4).count()), (3, vec![3, 4], 1));
    }

    #[test]
    fn refusals_and_goodbyes_say_nothing() {
        let mut log = FrameLog::new(1, 1000);
        log.begin();
        for kind in [FrameKind::Refusal("a".into()), FrameKind::Other] {
            log.push(Logged { kind, text: "no".into() });
            assert!(!log.has_said());
        }
        log.push(answer("a"));
        log.push(Logged { kind: FrameKind::Other, text: "bye".into() });
        assert!(log.has_said(), "although the answer is not kept any more");
    }

    #[test]
    fn answers_are_known_by_number_and_by_id() {
        let mut log = FrameLog::new(8, 1000);
        log.begin();
        log.push(answer("a"));
        log.push(Logged { kind: FrameKind::Refusal("b".into()), text: "no".into() });
        assert_eq!((1..=4).map(|seq| log.is_answer(seq)).collect::<Vec<_>>(), [false, true, false, false]);
        assert!(log.answer_to("a").is_some() && log.answer_to("b").is_none());
    }

    #[test]
    fn bytes_are_bounded() {
        let mut log = FrameLog::new(100, 20);
        log.begin();
        (0..9).for_each(|number| log.push(answer(&number.to_string())));
        assert_eq!((log.bytes(), log.last()), (16, 10));
        log.push(Logged { kind: FrameKind::Other, text: "x".repeat(30).into() });
        assert_eq!((log.bytes(), texts(&log, 11)), (0, Some(vec![])));
    }
}
