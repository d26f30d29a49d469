//! The signals that a server hears.

use std::io;

/// What is wanted of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// SIGTERM or SIGINT, by number.
    Stop(u8),
    /// SIGHUP: read the corpus again.
    Refresh,
}

/// SIGHUP, heard before the other signals.
#[cfg(unix)]
pub(super) type HangUps = tokio::signal::unix::Signal;

/// Hears signals from the moment it is made; before that the system's default holds.
#[derive(Debug)]
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Begins to hear SIGHUP, which ends a process that does not hear it. Needs a running runtime.
    pub(super) fn hear_hang_ups() -> io::Result<HangUps> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup())
    }

    /// Begins to hear the others too; what came of the first is not lost. Needs a running runtime.
    pub(super) fn install(hang_up: HangUps) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up,
        })
    }

    /// The next signal. No signal is lost when this is dropped while it waits.
    pub(super) async fn next(&mut self) -> Wanted {
        use tokio::signal::unix::SignalKind;
        let number = |kind: SignalKind| u8::try_from(kind.as_raw_value()).unwrap_or(u8::MAX);
        tokio::select! {
            _ = self.terminate.recv() => Wanted::Stop(number(SignalKind::terminate())),
            _ = self.interrupt.recv() => Wanted::Stop(number(SignalKind::interrupt())),
            _ = self.hang_up.recv() => Wanted::Refresh,
        }
    }
}

/// There are none here.
#[cfg(not(unix))]
pub(super) type HangUps = ();

/// Hears Ctrl-C; there are no other signals here.
#[derive(Debug)]
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Begins to hear what there is not.
    pub(super) fn hear_hang_ups() -> io::Result<HangUps> {
        Ok(())
    }

    /// Begins to hear.
    pub(super) fn install((): HangUps) -> io::Result<Self> {
        Ok(Self)
    }

    /// The next Ctrl-C.
    pub(super) async fn next(&mut self) -> Wanted {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Wanted::Stop(2)
    }
}
