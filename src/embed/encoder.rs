//! The encoder that others use.

use std::fmt;
use std::sync::Arc;

use super::EncoderConfig;
use super::error::EmbedError;
use super::lanes::Lanes;
use super::model::Model;
use super::vector::Embedding;

/// Text to vectors. Cheap to clone; the clones share weights and threads.
#[derive(Clone)]
pub struct Encoder {
    model: Arc<Model>,
    lanes: Arc<Lanes>,
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

impl Encoder {
    /// Reads the model that `config` names and starts its threads.
    ///
    /// # Errors
    /// A model folder that is missing, damaged or of another family; no threads.
    pub fn load(config: &EncoderConfig) -> Result<Self, EmbedError> {
        let model = Arc::new(Model::load(config)?);
        Ok(Self { model, lanes: Arc::new(Lanes::start(config.threads)?) })
    }

    /// The same model with threads of its own, so that who uses one does not wait for who uses the other;
    /// 0 for one a core.
    ///
    /// # Errors
    /// No threads.
    pub fn on_threads(&self, threads: usize) -> Result<Self, EmbedError> {
        Ok(Self { model: Arc::clone(&self.model), lanes: Arc::new(Lanes::start(threads)?) })
    }

    /// How many threads there are.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.lanes.count()
    }

    /// SHA-256 of what decides a vector (weights, tokenizer, where texts are cut, version of the
    /// computation), as 64 hexadecimal digits. Vectors of different fingerprints cannot be compared.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.model.fingerprint
    }

    /// How many tokens `text` is cut into, those for begin and end included.
    ///
    /// # Errors
    /// The tokenizer fails.
    pub fn count_tokens(&self, text: &str) -> Result<usize, EmbedError> {
        Ok(self.model.tokens.of(text)?.len())
    }

    /// The vector of one text: the same bits however many threads there are. Takes one of the threads,
    /// and waits for one where all are busy.
    ///
    /// # Errors
    /// A model whose parts do not fit each other.
    pub fn encode(&self, text: &str) -> Result<Embedding, EmbedError> {
        self.compute(&self.model.tokens.of(text)?)
    }

    /// The vectors of `texts`, in their order; computed on all threads, longest first.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    pub fn encode_batch(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedError> {
        let tokens: Vec<Vec<u32>> =
            texts.iter().map(|text| self.model.tokens.of(text)).collect::<Result<_, _>>()?;
        let size = |at: usize| tokens.get(at).map_or(0, Vec::len);
        self.lanes.share_out(texts.len(), &size, &|at, scratch| {
            self.model.encode(tokens.get(at).map_or(&[][..], Vec::as_slice), scratch)
        })
    }

    fn compute(&self, tokens: &[u32]) -> Result<Embedding, EmbedError> {
        self.lanes.run(|scratch| self.model.encode(tokens, scratch))
    }
}
