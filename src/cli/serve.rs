//! `ibid serve`: the server, its index, and the signals that steer both.
//!
//! The listener is open from the start, so that a taken port is told at once and a probe finds the
//! process alive while a first index is built; `/readyz` says when questions are answered.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::args::{Globals, ServeArgs};
use super::prepare::{self, MAX_LOGGED, Readiness};
use super::signals::{Signals, Wanted};
use super::terminal::clean_line;
use super::{Exit, descriptors};
use crate::config::Config;
use crate::document::DocumentId;
use crate::engine::{Engine, IndexState, index_state};
use crate::index;
use crate::server::{Drained, Server};

/// Serves until a signal or an error ends it.
pub(super) fn execute(globals: &Globals, args: &ServeArgs) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime could not be started")?;
    // Before anything that takes time: a SIGHUP that nobody hears ends the process. The others may end it until
    // there is something to drain.
    let hang_ups = runtime.block_on(async { Signals::hear_hang_ups() }).context("SIGHUP cannot be heard")?;
    let config = Arc::new(prepare::settings_with_secrets(&globals.overrides(args.listen))?);
    descriptors::make_room(&config.server);
    let engine = Engine::new(Arc::clone(&config));
    let ended = runtime.block_on(async {
        let signals = Signals::install(hang_ups).context("signals cannot be heard")?;
        let server = Server::bind(config, engine.clone()).await.context("the server could not be started")?;
        serve(server, engine, globals.clone(), signals).await
    });
    // A build in the background is given up: what it has written so far is not served by anyone.
    runtime.shutdown_timeout(Duration::from_millis(100));
    ended
}

/// Serves while the index is loaded and renewed, until a signal or the end of the server.
async fn serve(server: Server, engine: Engine, globals: Globals, mut signals: Signals) -> Result<Exit> {
    let address = server.local_addr();
    let mut refresh = Refresher::new(engine, globals, server.on_refresh());
    let stop = CancellationToken::new();
    let mut running = tokio::spawn(server.run(stop.clone().cancelled_owned()));
    let mut loading = refresh.load();
    loop {
        tokio::select! {
            ended = &mut running => return finished(ended),
            outcome = &mut loading, if !refresh.is_loaded => {
                let (readiness, skipped) = outcome.context("loading the index failed")??;
                refresh.loaded(readiness, skipped);
                announce(address, &refresh.engine);
            }
            () = refresh.finished() => {}
            wanted = signals.next() => match wanted {
                Wanted::Refresh => refresh.request(),
                Wanted::Stop(number) => {
                    info!(signal = number, "stopping: running answers finish first");
                    break;
                }
            },
        }
    }
    stop.cancel();
    drained(running, signals).await
}

/// Waits until the server that was stopped has finished, or another signal cuts it off.
async fn drained(mut running: JoinHandle<Drained>, mut signals: Signals) -> Result<Exit> {
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

/// What hears of every attempt to bring the index up to date: how much was skipped, or `None` where it failed.
type Heard = Arc<dyn Fn(Option<u64>) + Send + Sync>;

/// Loads the served index and brings it up to date in the background, one build at a time.
struct Refresher {
    engine: Engine,
    globals: Globals,
    heard: Heard,
    is_loaded: bool,
    running: Option<JoinHandle<()>>,
    again: bool,
}

impl Refresher {
    fn new(engine: Engine, globals: Globals, heard: Heard) -> Self {
        Self { engine, globals, heard, is_loaded: false, running: None, again: false }
    }

    /// Loads the index, and tells how it stands to the corpus and how much it lacks of it.
    fn load(&self) -> JoinHandle<Result<(Readiness, u64)>> {
        let (engine, globals) = (self.engine.clone(), self.globals.clone());
        spawn_blocking(move || {
            let readiness = prepare::load_servable(&engine, &globals)?;
            anyhow::Ok((readiness, skipped(engine.config())))
        })
    }

    /// Takes note of the index that was loaded, and renews it where it is old or that was wanted meanwhile.
    fn loaded(&mut self, readiness: Readiness, skipped: u64) {
        self.is_loaded = true;
        let wanted_early = std::mem::take(&mut self.again);
        match readiness {
            Readiness::Stale { why } => {
                warn!(reason = %why, "serving the index as it was while a new one is built");
                self.request();
            }
            Readiness::UpToDate => {
                (self.heard)(Some(skipped));
                if wanted_early {
                    self.request();
                }
            }
        }
    }

    /// Starts a refresh, or notes that one more is wanted after the one under way: what changed since
    /// that one began may not be in it.
    fn request(&mut self) {
        if !self.is_loaded {
            info!("the corpus is read again as soon as the index is loaded");
            self.again = true;
            return;
        }
        if self.running.is_some() {
            self.again = true;
            return;
        }
        let (engine, globals, heard) = (self.engine.clone(), self.globals.clone(), Arc::clone(&self.heard));
        self.running = Some(spawn_blocking(move || match refresh(&engine, &globals) {
            Ok(()) => heard(Some(skipped(engine.config()))),
            Err(error) => {
                heard(None);
                error!(error = %format!("{error:#}"), "the index was not renewed; the old one is still served");
            }
        }));
    }

    /// Waits for the refresh under way; for ever where there is none.
    async fn finished(&mut self) {
        match &mut self.running {
            Some(running) => {
                if running.await.is_err() {
                    (self.heard)(None);
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
/// one that another process has built. Tells which documents are served no longer.
fn refresh(engine: &Engine, globals: &Globals) -> Result<()> {
    let config = engine.config();
    let before = served(engine)?;
    match index_state(config)? {
        IndexState::Fresh => info!("the corpus has not changed"),
        _ => drop(prepare::build_logged(config)?),
    }
    engine.load().map_err(|error| prepare::refused(config, globals, error))?;
    let now = served(engine)?;
    let gone: Vec<&DocumentId> = before.difference(&now).collect();
    for id in gone.iter().take(MAX_LOGGED) {
        warn!(document = %clean_line(id.as_str()), "served no longer");
    }
    if gone.len() > MAX_LOGGED {
        warn!(more = gone.len() - MAX_LOGGED, "more documents are served no longer");
    }
    Ok(())
}

fn served(engine: &Engine) -> Result<BTreeSet<DocumentId>> {
    if !engine.is_ready() {
        return Ok(BTreeSet::new());
    }
    Ok(engine.documents(0, usize::MAX)?.into_iter().map(|document| document.id).collect())
}

/// How many files and records of the corpus the index on disk lacks, as its report says.
fn skipped(config: &Config) -> u64 {
    index::inspect(&config.paths.index).map_or(0, |manifest| manifest.report.skipped_total)
}
