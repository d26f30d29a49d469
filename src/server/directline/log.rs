//! What was said in one conversation: the latest of it, bounded in number and bytes.

use std::collections::VecDeque;
use std::sync::Arc;

/// Activities by how many were said before them.
#[derive(Debug, Default)]
pub(super) struct Log {
    kept: VecDeque<(u64, Arc<str>)>,
    next: u64,
    bytes: usize,
}

impl Log {
    /// The number of the next activity, which is the watermark too.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// What is kept, in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes a number for something that is not kept.
    pub(super) const fn pass(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// Keeps an activity; the oldest make room, the newest is kept at any size.
    pub(super) fn push(&mut self, text: String, max: usize, max_bytes: usize) {
        self.bytes += text.len();
        let number = self.pass();
        self.kept.push_back((number, text.into()));
        while self.kept.len() > 1 && (self.kept.len() > max || self.bytes > max_bytes) {
            let Some((_, oldest)) = self.kept.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }

    /// What was said from the watermark `from` on, as far as it is kept.
    pub(super) fn since(&self, from: u64) -> Vec<Arc<str>> {
        self.kept.iter().filter(|(number, _)| *number >= from).map(|(_, text)| Arc::clone(text)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_and_numbers_go_on() {
        let mut log = Log::default();
        for text in ["aa", "bb", "cc", "dd"] {
            log.push(text.into(), 3, 100);
        }
        assert_eq!((log.pass(), log.next(), log.bytes()), (4, 5, 6));
        assert_eq!(log.since(0).iter().map(|text| &**text).collect::<Vec<_>>(), ["bb", "cc", "dd"]);
        assert_eq!(log.since(3).len(), 1);
        log.push("e".repeat(200), 3, 100);
        assert_eq!((log.since(0).len(), log.bytes(), log.since(6).len()), (1, 200, 0));
    }
}
