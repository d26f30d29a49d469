//! Ranked passages to quotes, or to an honest "not found".

mod model;

pub use model::{
    Answer, Citation, Correction, Literature, NotFoundReason, Notice, NoticeAction, NoticeKind, Outcome,
    Reference, Relation,
};
