//! Settings of the server: `[server]`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// HTTP, WebSocket and their limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerConfig {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address under which people reach the server's pages, for links in answers that leave it, e.g.
    /// `https://ask.clinic.example`; empty where nobody outside does.
    pub public_url: String,
    /// Origins of web pages that may open the chat socket, e.g. `https://clinic.example`, besides the
    /// server's own. Programs that send no `Origin` are always let in.
    pub allowed_origins: Vec<String>,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Chat sockets in all.
    pub max_connections: usize,
    /// Chat sockets from one address.
    pub max_connections_per_address: usize,
    /// Largest message or request body, in bytes.
    pub max_message_bytes: usize,
    /// Questions a minute from one address, over all doors; 0 for no limit.
    pub questions_per_minute: u32,
    /// How many of these may come at once.
    pub question_burst: u32,
    /// Chats an hour from one address that may be handed over to a person; 0 for no limit.
    pub handoffs_per_hour: u32,
    /// Threads that search; 0 takes one a core.
    pub search_threads: usize,
    /// Questions that may wait for a search thread; one more is answered "busy".
    pub search_queue: usize,
    /// A chat socket on which nobody asks is closed after this long.
    pub idle_timeout_secs: u64,
    /// How often the server pings a chat socket; two unanswered pings close it.
    pub heartbeat_secs: u64,
    /// A frame that the client does not take within this long closes its socket.
    pub send_timeout_secs: u64,
    /// A request whose head and body are not there within this long is dropped.
    pub request_timeout_secs: u64,
    /// How long running answers may take to finish when the server stops.
    pub drain_timeout_secs: u64,
    /// Conversations over HTTP (`session`) that are remembered.
    pub max_sessions: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7878)),
            public_url: String::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            max_connections: 4096,
            max_connections_per_address: 512,
            max_message_bytes: 16 * 1024,
            questions_per_minute: 120,
            question_burst: 30,
            handoffs_per_hour: 30,
            search_threads: 0,
            search_queue: 256,
            idle_timeout_secs: 1800,
            heartbeat_secs: 25,
            send_timeout_secs: 10,
            request_timeout_secs: 10,
            drain_timeout_secs: 10,
            max_sessions: 1000,
        }
    }
}
