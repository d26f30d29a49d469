//! The fields of the inverted index.

use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

use super::analyzer;

/// How many fields there are.
pub(super) const FIELDS: usize = 5;

/// Names in the order of the schema.
const NAMES: [&str; FIELDS] = ["title", "section", "context", "question", "text"];

/// The schema and its fields, in the order title, section, context, question, text.
pub(super) fn schema() -> (Schema, [Field; FIELDS]) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyzer::NAME)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(true);
    let options = TextOptions::default().set_indexing_options(indexing);
    let mut builder = Schema::builder();
    let fields = NAMES.map(|name| builder.add_text_field(name, options.clone()));
    (builder.build(), fields)
}

/// How much a term counts in each field; 0 leaves the field out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldBoosts {
    /// The document's title.
    pub title: f32,
    /// The headings above the passage.
    pub section: f32,
    /// The lead-in, header row or question that belongs with the passage.
    pub context: f32,
    /// The question that the whole document answers.
    pub question: f32,
    /// The passage itself.
    pub text: f32,
}

impl Default for FieldBoosts {
    fn default() -> Self {
        Self { title: 1.2, section: 1.6, context: 0.7, question: 1.8, text: 1.0 }
    }
}

impl FieldBoosts {
    /// In the order of the schema.
    pub(super) fn in_order(self) -> [f32; FIELDS] {
        [self.title, self.section, self.context, self.question, self.text]
    }
}
