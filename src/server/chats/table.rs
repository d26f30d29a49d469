//! The table of sessions, which knows what rests in it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::log::Reach;
use super::state::ChatState;
use super::token::TokenHash;
use super::{Claim, Holder};

/// Where a session is.
pub(super) enum Place {
    /// Here.
    Resting(Box<ChatState>),
    /// With the connection of this number, which is asked for it here.
    Attached(u64, Holder),
}

/// What is known of a session wherever it is.
struct Known {
    token_hash: TokenHash,
    origin: Option<String>,
    began: u64,
    reach: Arc<Reach>,
}

impl Known {
    fn of(state: &ChatState) -> Self {
        let ChatState { token_hash, origin, began, log, .. } = state;
        Self { token_hash: *token_hash, origin: origin.clone(), began: *began, reach: log.reach() }
    }
}

/// Who may go on with a session, and where it is.
pub(super) struct Entry {
    known: Known,
    pub(super) used: Instant,
    place: Place,
}

impl Entry {
    fn new(known: Known, place: Place) -> Self {
        Self { known, used: Instant::now(), place }
    }

    /// When the session began, in seconds since 1970.
    pub(super) const fn began(&self) -> u64 {
        self.known.began
    }

    /// Whether `claim` is of the one who began the session.
    pub(super) fn may(&self, claim: Claim<'_>) -> bool {
        self.known.origin.as_deref() == claim.origin && self.known.token_hash.is_of(claim.token)
    }

    /// Whether every frame after number `after` can be sent again.
    pub(super) fn reaches(&self, after: u64) -> bool {
        self.known.reach.covers(after)
    }

    pub(super) const fn is_resting(&self) -> bool {
        matches!(self.place, Place::Resting(_))
    }

    /// The connection that has it.
    pub(super) const fn holder(&self) -> Option<&Holder> {
        match &self.place {
            Place::Attached(_, holder) => Some(holder),
            Place::Resting(_) => None,
        }
    }

    /// Whether it is to be kept although nobody says anything: somebody is connected, or waits for a person.
    pub(super) fn is_kept(&self) -> bool {
        match &self.place {
            Place::Attached(..) => true,
            Place::Resting(state) => state.is_handed_over() == Some(true),
        }
    }

    /// Whether anything was said in it: who sends nothing but what is refused pushes nobody out.
    fn has_said(&self) -> bool {
        match &self.place {
            Place::Attached(..) => true,
            Place::Resting(state) => state.log.has_said(),
        }
    }

    /// Whether the connection `number` has it.
    pub(super) const fn is_with(&self, number: u64) -> bool {
        matches!(self.place, Place::Attached(holder, _) if holder == number)
    }
}

/// Sessions by name. Those at rest are bounded in number and in bytes of frames.
pub(super) struct Table {
    entries: HashMap<String, Entry>,
    resting: usize,
    bytes: usize,
    max_resting: usize,
    max_bytes: usize,
}

impl Table {
    pub(super) fn new(max_resting: usize, max_bytes: usize) -> Self {
        Self { entries: HashMap::new(), resting: 0, bytes: 0, max_resting, max_bytes }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Notes a new session of the connection `number`.
    pub(super) fn insert_attached(&mut self, state: &ChatState, number: u64, holder: Holder) {
        self.remove(&state.id);
        let entry = Entry::new(Known::of(state), Place::Attached(number, holder));
        self.entries.insert(state.id.clone(), entry);
    }

    /// Puts a session to rest; the one unused for longest makes room, one in which nothing was said before all others,
    /// one that waits for a person after them.
    pub(super) fn insert_resting(&mut self, state: Box<ChatState>) {
        let id = state.id.clone();
        self.remove(&id);
        self.resting += 1;
        self.bytes += state.log.bytes();
        self.entries.insert(id, Entry::new(Known::of(&state), Place::Resting(state)));
        while self.resting > self.max_resting || self.bytes > self.max_bytes {
            let resting = self.entries.iter().filter(|(_, entry)| entry.is_resting());
            let worth = |entry: &Entry| (entry.is_kept(), entry.has_said(), entry.used);
            let least = resting.min_by_key(|(_, entry)| worth(entry)).map(|(id, _)| id.clone());
            let Some(oldest) = least else {
                return;
            };
            self.remove(&oldest);
        }
    }

    /// Gives the session `id` to the connection `number`, and says where it was.
    pub(super) fn attach(&mut self, id: &str, number: u64, holder: Holder) -> Option<Place> {
        let entry = self.entries.get_mut(id)?;
        entry.used = Instant::now();
        let place = std::mem::replace(&mut entry.place, Place::Attached(number, holder));
        self.discount(&place);
        Some(place)
    }

    /// Notes that the session `id` is in use.
    pub(super) fn touch(&mut self, id: &str) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.used = Instant::now();
        }
    }

    /// Notes that the session `id`, which rests here, is on disk as it is.
    pub(super) fn note_stored(&mut self, id: &str) {
        if let Some(Place::Resting(state)) = self.entries.get_mut(id).map(|entry| &mut entry.place) {
            state.is_stored = true;
        }
    }

    /// Forgets the session `id`.
    pub(super) fn remove(&mut self, id: &str) {
        if let Some(entry) = self.entries.remove(id) {
            self.discount(&entry.place);
        }
    }

    /// Forgets sessions at rest for which `is_over` holds.
    pub(super) fn sweep(&mut self, is_over: impl Fn(&Entry) -> bool) {
        let over = self.entries.iter().filter(|(_, entry)| entry.is_resting() && is_over(entry));
        let over: Vec<String> = over.map(|(id, _)| id.clone()).collect();
        over.iter().for_each(|id| self.remove(id));
    }

    /// Names of the sessions that are to be kept although nobody says anything.
    pub(super) fn kept(&self) -> Vec<String> {
        let kept = self.entries.iter().filter(|(_, entry)| entry.is_kept());
        kept.map(|(id, _)| id.clone()).collect()
    }

    /// Sessions at rest.
    pub(super) const fn resting(&self) -> usize {
        self.resting
    }

    fn discount(&mut self, place: &Place) {
        if let Place::Resting(state) = place {
            self.resting -= 1;
            self.bytes -= state.log.bytes();
        }
    }
}
