//! The Model Context Protocol: the engine as tools for other people's assistants.
//!
//! The one home of `rmcp`, the protocol's own library. A [`Backend`] says who asks, what they may and where the
//! work is done; the server has one a request, the command line one a process. Every call stands alone: there
//! are no sessions.

mod arguments;
mod excerpt;
mod handler;
mod http;
mod schemas;
mod stdio;
mod tools;

use std::future::Future;
use std::time::Instant;

pub use http::respond;
pub use stdio::{StdioError, serve_stdio};

use crate::access::Scope;
use crate::answer::Answer;
use crate::config::Config;
use crate::engine::{AskError, Engine};
use crate::protocol::Problem;
use crate::retrieve::Question;

/// Who asks, and where the work is done.
pub trait Backend: Clone + Send + Sync + 'static {
    /// The settings.
    fn config(&self) -> &Config;

    /// Whether who asks may use tools of `scope`.
    fn may(&self, scope: Scope) -> bool;

    /// Does work with the engine where it holds nobody up.
    fn run<T: Send + 'static>(
        &self,
        scope: Scope,
        work: impl FnOnce(&Engine) -> Result<T, AskError> + Send + 'static,
    ) -> impl Future<Output = Result<T, Problem>> + Send;

    /// Hears of the answer to `question`, which came at `asked`.
    fn note(&self, question: &Question, answer: &Answer, asked: Instant);
}
