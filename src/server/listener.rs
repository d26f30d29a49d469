//! Accepting TCP connections and speaking HTTP/1.1 on them.
//!
//! Guards: the number of open connections is bounded, in all and per address (one over is closed at once);
//! a request's head must arrive within `request_timeout_secs`, which also ends idle connections; a client
//! that stops reading, or reads next to nothing, is dropped after `send_timeout_secs`; running out of file
//! descriptors pauses accepting instead of spinning.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::app::App;
use super::client::ClientKey;
use super::routes::Gate;
use super::slots::Slot;
use super::timed_io::TimedIo;

/// Pause after the operating system refused to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Largest request head, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The other side of a connection; whoever holds a clone keeps the connection counted.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    _slot: Arc<Slot>,
}

impl Peer {
    /// The peer at `address`, whose connection holds `slot`.
    pub(crate) fn new(address: IpAddr, slot: Slot) -> Self {
        Self { address, _slot: Arc::new(slot) }
    }
}

/// Accepts until dropped.
pub(crate) async fn accept(listener: &TcpListener, app: &Arc<App>) -> Infallible {
    let gate = Gate::new(Arc::clone(app));
    loop {
        match listener.accept().await {
            Ok((stream, address)) => admit(stream, address, app, &gate),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn admit(stream: TcpStream, address: SocketAddr, app: &Arc<App>, gate: &Gate) {
    let address = address.ip();
    // Behind a proxy, one address is many people.
    let is_proxy = app.limits().trusted_proxies.contains(&address.to_canonical());
    match app.connections.take((!is_proxy).then(|| ClientKey::new(address))) {
        Ok(slot) => {
            let peer = Peer::new(address, slot);
            app.tasks.spawn(serve(stream, peer, Arc::clone(app), gate.clone()));
        }
        Err(limit) => tracing::debug!(?limit, "turned a connection away"),
    }
}

async fn serve(stream: TcpStream, peer: Peer, app: Arc<App>, gate: Gate) {
    let limits = app.limits();
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(TimedIo::new(stream, Duration::from_secs(limits.send_timeout_secs)));
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (gate, peer) = (gate.clone(), peer.clone());
        async move { Ok::<_, Infallible>(gate.respond(&peer, request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.request_timeout_secs))
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(io, service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.cut.cancelled() => return,
        () = app.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = app.cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
