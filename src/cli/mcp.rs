//! `ibid mcp`: the tools for one assistant on this machine, over standard input and output.
//!
//! Standard output belongs to the protocol; the log and progress go to standard error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::args::Globals;
use super::{Exit, prepare};
use crate::access::Scope;
use crate::answer::Answer;
use crate::config::Config;
use crate::engine::{AskError, Engine};
use crate::mcp::{Backend, serve_stdio};
use crate::protocol::{ErrorCode, Problem};
use crate::retrieve::Question;

/// Serves until the client closes its end.
pub(super) fn execute(globals: &Globals) -> Result<Exit> {
    let config = Arc::new(prepare::settings(&globals.overrides(None))?);
    let engine = Engine::new(config);
    prepare::load_current(&engine, globals)?;
    prepare::encode_few(&engine);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime could not be started")?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let local = Local { engine, threads: Arc::new(Semaphore::new(threads)) };
    let ended = runtime.block_on(serve_stdio(local));
    // A read of standard input cannot be called off.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended?;
    Ok(Exit::Done)
}

/// Whoever started the process; they may do everything.
#[derive(Debug, Clone)]
struct Local {
    engine: Engine,
    threads: Arc<Semaphore>,
}

impl Backend for Local {
    fn config(&self) -> &Config {
        self.engine.config()
    }

    fn may(&self, _scope: Scope) -> bool {
        true
    }

    async fn run<T: Send + 'static>(
        &self,
        _scope: Scope,
        work: impl FnOnce(&Engine) -> Result<T, AskError> + Send + 'static,
    ) -> Result<T, Problem> {
        let failed = || Problem::new(ErrorCode::Internal, "the question could not be answered");
        let engine = self.engine.clone();
        let _turn = self.threads.acquire().await.map_err(|_| failed())?;
        let done = spawn_blocking(move || work(&engine)).await.map_err(|_| failed())?;
        done.map_err(|error| {
            tracing::error!(%error, "the engine failed");
            failed()
        })
    }

    fn note(&self, _question: &Question, _answer: &Answer, _asked: Instant) {}
}
