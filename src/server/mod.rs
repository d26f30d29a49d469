//! HTTP and WebSocket over the engine.
//!
//! A server is a bound listener, an engine and a stop signal; it has no global state, so two in one process
//! work, and it prints nothing. Every request takes the same steps, each of which may answer early:
//!
//! 1. connection: limits in all and per address, time limits (`listener`, `timed_io`)
//! 2. client: the address that limits count by (`client`); host: one, and no stranger's (`routes`, `origin`)
//! 3. route and method (`routes`)
//! 4. key or visitor token (`access`); for the chat: upgrade, origin, subprotocol, connection limits (`socket`)
//! 5. body or frame: type, size, time, JSON, known members (`body`, `socket`)
//! 6. question: length, range of `limit`, session (`questions`)
//! 7. rate limit (`rate`)
//! 8. the bounded queue of the search threads (`pool`)
//! 9. the response, the room for long ones (`underway`), its security headers, the log line, the metrics (`routes`,
//!    `reply`)
//!
//! The one place that may keep a question on disk is `unanswered`, where the operator wishes it.
//!
//! **Never logged:** the text of questions, answers, feedback and notes; bodies; query strings; paths as
//! they came (only the route's pattern); session names and tokens; client addresses.

mod access;
mod app;
mod assets;
mod body;
mod chats;
mod client;
mod cors;
mod desks;
mod directline;
mod documents;
mod health;
mod listener;
mod mcp;
mod metrics;
mod openai;
mod origin;
mod page;
mod pool;
mod questions;
mod rasa;
mod rate;
mod reply;
mod routes;
mod sessions;
mod slots;
mod socket;
#[cfg(test)]
mod tests;
mod timed_io;
mod unanswered;
mod underway;
mod vectors;
mod visitors;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, timeout};

use app::App;
pub use app::SPARE_CONNECTIONS;
pub use routes::routes;
use unanswered::Unanswered;

use crate::access::KeysError;
use crate::config::Config;
use crate::engine::Engine;
use crate::store::StoreError;

/// How often expired sessions and allowances are forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// How long what was cut off gets to end.
const CUT_GRACE: Duration = Duration::from_secs(2);

/// A server that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, not this machine's, or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// No search threads.
    #[error("cannot start the search threads")]
    Threads(#[source] io::Error),
    /// The key that sessions on disk are encrypted with cannot be had.
    #[error("cannot keep sessions on disk")]
    SessionKey(#[source] crate::config::Problem),
    /// The key that unanswered questions are encrypted with cannot be had.
    #[error("cannot keep unanswered questions")]
    UnansweredKey(#[source] crate::config::Problem),
    /// The operator's logo cannot be read.
    #[error("cannot read the logo")]
    Logo(#[source] crate::config::Problem),
    /// A help desk cannot be spoken with as it is set up.
    #[error("cannot speak with a help desk")]
    Desk(#[source] crate::config::Problem),
    /// The file of sessions, of deliveries or of unanswered questions cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of API keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Everything that ran was finished.
    Clean,
    /// `drain_timeout_secs` passed before that.
    CutOff,
}

/// A server that listens but does not accept yet.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    app: Arc<App>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("local_addr", &self.local_addr).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on `config.server.listen` and starts the search threads. The engine may load its index later.
    ///
    /// # Errors
    /// The address or the threads cannot be had.
    pub async fn bind(config: Arc<Config>, engine: Engine) -> Result<Self, ServeError> {
        let address = config.server.listen;
        let failed = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let local_addr = listener.local_addr().map_err(failed)?;
        let app = App::new(config, engine)?;
        Ok(Self { listener, local_addr, app: Arc::new(app) })
    }

    /// Where it listens, with the port that it got.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` is done, then drains: stops accepting, lets running answers finish, says
    /// goodbye to open chats; after `drain_timeout_secs` cuts off what is left. Dropping the future cuts at
    /// once.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Drained {
        let Self { listener, app, .. } = self;
        let _cut = app.cut.clone().drop_guard();
        let _vectors = vectors::Background::start(&app);
        desks::start(&app);
        tokio::select! {
            () = shutdown => {}
            never = listener::accept(&listener, &app) => match never {},
            never = sweep(&app) => match never {},
        }
        drop(listener);
        app.stop.cancel();
        app.tasks.close();
        let drained = drain(&app).await;
        if let Some(unanswered) = &app.unanswered {
            let _ = timeout(CUT_GRACE, unanswered.flush()).await;
        }
        drained
    }
}

/// Lets what runs finish, and cuts off what does not in time.
async fn drain(app: &App) -> Drained {
    let patience = Duration::from_secs(app.limits().drain_timeout_secs);
    if timeout(patience, app.tasks.wait()).await.is_ok() {
        return Drained::Clean;
    }
    app.cut.cancel();
    let _ = timeout(CUT_GRACE, app.tasks.wait()).await;
    Drained::CutOff
}

async fn sweep(app: &App) -> Infallible {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        app.rate.sweep();
        app.handoffs.sweep();
        app.sessions.sweep();
        app.directline.sweep();
        app.unanswered.iter().for_each(Unanswered::sweep);
        app.chats.sweep().await;
    }
}
