//! Nouns and verbs that say little by themselves, by what they are of.

use super::words::{List, Word};

/// Nouns that stand for something named before: "this treatment".
static GENERIC: List = List::new(
    "treatment treatments test tests procedure procedures therapy therapies drug drugs medicine medicines \
    medication operation scan option options method methods thing things kind type types one ones approach \
    surgery condition part case cases way feature tool model place event service process product information \
    people person word words term terms expression sentence two three symptom symptoms effect effects",
);
/// Nouns that are of something: "side effects", "the cost".
static ASPECTS: List = List::new(
    "effects effect risk risks cost costs price symptoms causes cause benefits benefit rate alternatives \
    alternative recovery survival dose dosage complications preparation duration dangers danger treatment \
    treatments diagnosis prognosis outcome outcomes advantages disadvantages pros cons options examples \
    example details reason reasons signs stages types prevention definition meaning name names differences \
    difference downsides drawbacks chances requirements steps frequency aftercare limits limitations \
    restrictions",
);
/// How somebody is reached, and what stands beside such a word.
const CONTACTS: &[&str] = &["number", "numbers", "address", "email"];
const BESIDE_CONTACTS: &[&str] = &["phone", "telephone", "mobile", "contact"];
/// What people of the ward do to a patient, and things do not.
static DEEDS: List = List::new(
    "do put take cut look give make ask want send keep check tell say find remove open inject insert measure \
    operate treat call ring phone suggest recommend decide see let close sew stitch use stop collect need",
);
/// People around a patient: "can my wife come along" does not say where to.
static PEOPLE: List = List::new(
    "someone somebody anyone anybody nobody everyone person people friend friends family wife husband partner \
    mum mom mother dad father parents son daughter child children kid kids sister brother relative relatives \
    carer man woman body",
);
/// People who treat.
static STAFF: List = List::new(
    "doctor doctors nurse nurses surgeon surgeons specialist midwife dietitian radiographer radiologist \
    physiotherapist consultant",
);
/// Times and places that every subject may have.
static TIMES: List = List::new(
    "home day days week weeks month months year years hour hours minute minutes morning afternoon evening night \
    today tomorrow time times place",
);
/// Days and months that are no part of a name.
static DAYS: List = List::new(
    "yesterday today tomorrow tonight weekend fortnight monday tuesday wednesday thursday friday saturday sunday january \
    february march april june july august september october november december",
);
/// Numbers in words.
static NUMBERS: List =
    List::new("two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty");

impl Word {
    /// Whether it may stand for something named before: "this treatment".
    pub(super) fn is_generic(&self) -> bool {
        GENERIC.has(&self.folded)
    }

    /// Whether it is of something: "the side effects".
    pub(super) fn is_aspect(&self) -> bool {
        ASPECTS.has(&self.folded)
    }

    /// Whether it is how somebody is reached: "the number".
    pub(super) fn is_contact(&self) -> bool {
        self.is(CONTACTS)
    }

    /// Whether it is part of how somebody is reached: "the phone number".
    pub(super) fn is_of_contact(&self) -> bool {
        self.is_contact() || self.is(BESIDE_CONTACTS)
    }

    /// Whether people of the ward do it.
    pub(super) fn is_deed(&self) -> bool {
        DEEDS.has(&self.folded)
    }

    /// Whether it is somebody.
    pub(super) fn is_person(&self) -> bool {
        PEOPLE.has(&self.folded) || self.is_staff()
    }

    /// Whether it is somebody who treats.
    pub(super) fn is_staff(&self) -> bool {
        STAFF.has(&self.folded)
    }

    /// Whether it is a time or place that every subject may have.
    pub(super) fn is_time(&self) -> bool {
        TIMES.has(&self.folded)
    }

    /// Whether it is a day or a month that is no part of a name: "yesterday".
    pub(super) fn is_day(&self) -> bool {
        DAYS.has(&self.folded)
    }

    /// Whether it is a number and nothing else.
    pub(super) fn is_number(&self) -> bool {
        NUMBERS.has(&self.folded) || self.folded.chars().all(|c| c.is_numeric() || c == '.' || c == ',')
    }

    /// Whether it is a time, a place that every subject may have, or a number.
    pub(super) fn is_when(&self) -> bool {
        self.is_time() || self.is_day() || self.is_number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_has_a_word_twice() {
        for list in [&GENERIC, &ASPECTS, &DEEDS, &PEOPLE, &STAFF, &TIMES, &DAYS, &NUMBERS] {
            assert_eq!(list.repeated(), [""; 0]);
        }
        for list in [CONTACTS, BESIDE_CONTACTS] {
            assert_eq!(crate::text::repeated(list.iter().copied()), [""; 0]);
        }
    }
}
