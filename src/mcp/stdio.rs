//! One client at standard input and output.

use rmcp::serve_server;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;

use super::Backend;
use super::handler::Handler;

/// Longest message, in bytes; a longer one is passed over.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Why serving came to an untimely end. What the client said is not told: it may hold questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StdioError {
    /// The first message was another.
    #[error("the client did not begin as the protocol asks, with `initialize`")]
    NoBeginning,
    /// The task that serves failed.
    #[error("serving the client failed")]
    Failed,
}

/// Serves until the client closes its end.
///
/// # Errors
/// [`StdioError`].
pub async fn serve_stdio<B: Backend>(backend: B) -> Result<(), StdioError> {
    let transport = AsyncRwTransport::new_server(tokio::io::stdin(), tokio::io::stdout())
        .with_max_line_length(MAX_LINE_BYTES);
    let running = match serve_server(Handler::new(backend), transport).await {
        Ok(running) => running,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(_) => return Err(StdioError::NoBeginning),
    };
    running.waiting().await.map(drop).map_err(|_| StdioError::Failed)
}
