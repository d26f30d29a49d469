//! Text to tokens, by the model's own tokenizer.

use std::path::Path;

use tokenizers::{Tokenizer, TruncationParams};

use super::error::EmbedError;

/// Bytes of a text that are looked at for each token wanted. Only a text with far more white space than
/// words has fewer tokens in them; without a bound, a text of any length would be cut into all its tokens
/// to keep the first few.
const BYTES_PER_TOKEN: usize = 64;

/// Cuts texts into tokens.
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    max_bytes: usize,
}

impl Tokens {
    /// The tokenizer in `json`, which gives at most `max_tokens` tokens, those for begin and end included.
    pub(super) fn new(file: &Path, json: &[u8], max_tokens: usize) -> Result<Self, EmbedError> {
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|error| EmbedError::damaged(file, &error))?;
        tokenizer.with_padding(None);
        let cut = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(cut)).map_err(EmbedError::Tokens)?;
        Ok(Self { tokenizer, max_bytes: max_tokens.saturating_mul(BYTES_PER_TOKEN) })
    }

    /// The numbers of the tokens of `text`.
    pub(super) fn of(&self, text: &str) -> Result<Vec<u32>, EmbedError> {
        self.cut(text, true)
    }

    /// The same without those for begin and end.
    pub(super) fn bare(&self, text: &str) -> Result<Vec<u32>, EmbedError> {
        self.cut(text, false)
    }

    fn cut(&self, text: &str, framed: bool) -> Result<Vec<u32>, EmbedError> {
        let text = text.get(..text.floor_char_boundary(self.max_bytes)).unwrap_or(text);
        let encoding = self.tokenizer.encode_fast(text, framed).map_err(EmbedError::Tokens)?;
        Ok(encoding.get_ids().to_vec())
    }
}
