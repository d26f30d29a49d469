//! Measuring how good the answers are.
//!
//! A [set](sets) of questions with known answers is [run](run()) against a [`Subject`], each question is judged by
//! itself, and [`figures()`] makes the figures of the set of that, with intervals. Two runs are compared
//! question by question, and weights are fitted on the same data. Nothing here prints.

mod ablation;
mod compare;
mod corpus;
mod error;
mod figures;
pub mod fit;
mod hide;
mod judge;
pub mod measures;
mod picture;
mod random;
mod run;
pub mod sets;
mod subject;

pub use ablation::{PARTS, leave_out};
pub use compare::{Difference, Turned, differences, turned};
pub use corpus::{Without, prepare};
pub use error::EvalError;
pub use figures::{Better, Figure, MEANS, WHOLES, confidences, figures};
pub use hide::{Halves, hide_half};
pub use judge::passage_grade;
pub use picture::{reliability_picture, risk_coverage_picture};
pub use random::Random;
pub use run::{Observation, Run, RunOptions, run};
pub use subject::{
    Bm25, Considered, Found, Given, Inside, Insight, Outside, Quote, Subject, judged_id, prepare_engine,
};
