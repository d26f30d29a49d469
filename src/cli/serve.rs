//! `ibid serve`: the server, its index, and the signals that steer both.
//!
//! The listener is open from the start, so that a taken port is told at once and a probe finds the
//! process alive while a first index is built; `/readyz` says when questions are answered.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::args::{Globals, ServeArgs};
use super::prepare::{self, Readiness};
use super::signals::{Signals, Wanted};
use super::{Exit, descriptors, report};
use crate::engine::{Engine, IndexState, build_index, index_state};
use crate::ingest::NoProgress;
use crate::server::{Drained, Server};

/// Serves until a signal or an error ends it.
pub(super) fn execute(globals: &Globals, args: &ServeArgs) -> Result<Exit> {
    let config = Arc::new(prepare::settings_with_secrets(&globals.overrides(args.listen))?);
    descriptors::make_room(&config.server);
    let engine = Engine::new(Arc::clone(&config));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime could not be started")?;
    let ended = runtime.block_on(async {
        let signals = Signals::install().context("signals cannot be heard")?;
        let server = Server::bind(config, engine.clone()).await.context("the server could not be started")?;
        serve(server, engine, globals.clone(), signals).await
    });
    // A build in the background is given up: what it has written so far is not served by anyone.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

async fn serve(server: Server, engine: Engine, globals: Globals, mut signals: Signals) -> Result<Exit> {
    let address = server.local_addr();
    let stop = CancellationToken::new();
    let mut running = tokio::spawn(server.run(stop.clone().cancelled_owned()));
    let mut loading = spawn_blocking({
        let engine = engine.clone();
        move || prepare::load_servable(&engine, &globals)
    });
    let mut refresh = Refresher::new(engine);
    let mut loaded = false;
    loop {
        tokio::select! {
            ended = &mut running => return finished(ended),
            outcome = &mut loading, if !loaded => {
                loaded = true;
                if let Readiness::Stale { why } = outcome.context("loading the index failed")?? {
                    warn!(reason = %why, "serving the index as it was while a new one is built");
                    refresh.request();
                }
                announce(address, &refresh.engine);
            }
            () = refresh.finished() => {}
            wanted = signals.next() => match wanted {
                Wanted::Refresh if loaded => refresh.request(),
                Wanted::Refresh => info!("the index is still being prepared; nothing to read again"),
                Wanted::Stop(number) => {
                    info!(signal = number, "stopping: running answers finish first");
                    break;
                }
            },
        }
    }
    stop.cancel();
    loop {
        tokio::select! {
            ended = &mut running => return finished(ended),
            wanted = signals.next() => if let Wanted::Stop(number) = wanted {
                warn!(signal = number, "stopped at once");
                return Ok(Exit::Signal(number));
            },
        }
    }
}

fn finished(ended: Result<Drained, JoinError>) -> Result<Exit> {
    match ended.context("the server failed")? {
        Drained::Clean => info!("stopped"),
        Drained::CutOff => warn!("stopped; some answers were cut off"),
    }
    Ok(Exit::Done)
}

/// The one line on standard output. Nobody reading it is no reason not to serve.
fn announce(address: SocketAddr, engine: &Engine) {
    let stats = engine.stats();
    info!(documents = stats.documents, passages = stats.passages, "ready");
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "ibid listening on http://{address}").and_then(|()| stdout.flush());
}

/// Brings the served index up to date in the background, one build at a time.
struct Refresher {
    engine: Engine,
    running: Option<JoinHandle<()>>,
    again: bool,
}

impl Refresher {
    fn new(engine: Engine) -> Self {
        Self { engine, running: None, again: false }
    }

    /// Starts a refresh, or notes that one more is wanted after the one under way: what changed since
    /// that one began may not be in it.
    fn request(&mut self) {
        if self.running.is_some() {
            self.again = true;
            return;
        }
        let engine = self.engine.clone();
        self.running = Some(spawn_blocking(move || {
            if let Err(error) = refresh(&engine) {
                error!(error = %format!("{error:#}"), "the index was not renewed; the old one is still served");
            }
        }));
    }

    /// Waits for the refresh under way; for ever where there is none.
    async fn finished(&mut self) {
        match &mut self.running {
            Some(running) => {
                if running.await.is_err() {
                    error!("renewing the index failed; the old one is still served");
                }
                self.running = None;
                if std::mem::take(&mut self.again) {
                    self.request();
                }
            }
            None => std::future::pending().await,
        }
    }
}

/// Builds the index if the corpus or the settings have changed, and serves the newest generation, also
/// one that another process has built.
fn refresh(engine: &Engine) -> Result<()> {
    let config = engine.config();
    match index_state(config)? {
        IndexState::Fresh => info!("the corpus has not changed"),
        _ => {
            let built = build_index(config, false, &mut NoProgress)?;
            let documents = report::counted(built.documents, "document");
            info!(skipped = built.skipped_total, took = ?built.took, "built a new index of {documents}");
        }
    }
    engine.load()?;
    Ok(())
}
