//! Open files: every connection takes one, and many systems give a process no more than 1024 to begin with.

use tracing::warn;

use crate::config::ServerConfig;
use crate::server::SPARE_CONNECTIONS;

/// The index, the log, the listener and what the runtime needs, generously.
const OWN: usize = 128;

/// Raises the soft limit as far as the configured connections need and the hard limit allows, and warns where
/// that is not far enough: connections beyond it would wait until others close.
pub(super) fn make_room(config: &ServerConfig) {
    let wanted = config.max_connections.saturating_add(SPARE_CONNECTIONS).saturating_add(OWN);
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) if limit >= wanted => {}
        Ok(limit) => {
            warn!(limit, wanted, "too few open files are allowed for `server.max_connections`");
        }
        Err(error) => warn!(%error, wanted, "the limit of open files cannot be raised"),
    }
}
