//! Nouns and verbs that say little by themselves, by what they are of.

use super::words::{Word, listed};

/// Nouns that stand for something named before: "this treatment".
const GENERIC: &str = "treatment treatments test tests procedure procedures therapy therapies drug drugs medicine medicines \
    medication operation scan option options method methods thing things kind type types one ones approach \
    surgery condition part case cases way feature tool model place event service process product information \
    people person word words term terms expression sentence two three symptom symptoms effect effects";
/// Nouns that are of something: "side effects", "the cost".
const ASPECTS: &str = "effects effect risk risks cost costs price symptoms causes cause benefits benefit rate alternatives \
    alternative recovery survival dose dosage complications preparation duration dangers danger treatment \
    treatments diagnosis prognosis outcome outcomes advantages disadvantages pros cons options examples \
    example details reason reasons signs stages types prevention definition meaning name names differences \
    difference downsides drawbacks chances requirements steps frequency aftercare limits limitations \
    restrictions";
/// What people of the ward do to a patient, and things do not.
const DEEDS: &str = "do put take cut look give make ask want send keep check tell say find remove open inject insert measure \
    operate treat call ring phone suggest recommend decide see let close sew stitch use stop collect need";
/// People around a patient: "can my wife come along" does not say where to.
const PEOPLE: &str = "someone somebody anyone anybody nobody everyone person people friend friends family wife husband partner \
    mum mom mother dad father parents son daughter child children kid kids sister brother relative relatives \
    carer man woman body";
/// People who treat.
const STAFF: &str = "doctor doctors nurse nurses surgeon surgeons specialist midwife dietitian radiographer radiologist \
    physiotherapist consultant";
/// Times and places that every subject may have.
const TIMES: &str = "home day days week weeks month months year years hour hours minute minutes morning afternoon evening night \
    today tomorrow time times place";

impl Word {
    /// Whether it may stand for something named before: "this treatment".
    pub(super) fn is_generic(&self) -> bool {
        listed(GENERIC, &self.folded)
    }

    /// Whether it is of something: "the side effects".
    pub(super) fn is_aspect(&self) -> bool {
        listed(ASPECTS, &self.folded)
    }

    /// Whether people of the ward do it.
    pub(super) fn is_deed(&self) -> bool {
        listed(DEEDS, &self.folded)
    }

    /// Whether it is somebody.
    pub(super) fn is_person(&self) -> bool {
        listed(PEOPLE, &self.folded) || self.is_staff()
    }

    /// Whether it is somebody who treats.
    pub(super) fn is_staff(&self) -> bool {
        listed(STAFF, &self.folded)
    }

    /// Whether it is a time or place that every subject may have.
    pub(super) fn is_time(&self) -> bool {
        listed(TIMES, &self.folded)
    }
}
