//! Where a chat leads: `ws://`, `http://` or a bare `HOST:PORT`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio_tungstenite::tungstenite::http::Uri;

/// Path of the chat socket.
const CHAT_PATH: &str = "/api/v1/chat";

/// A server's chat socket and its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The chat socket.
    pub(super) socket: Uri,
    /// `http://HOST:PORT`, without a path.
    pub(super) pages: String,
}

/// Text that is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadAddress {
    /// Not an address at all.
    #[error("`{0}` is not an address; use one as in ws://127.0.0.1:7878{CHAT_PATH}")]
    Malformed(String),
    /// Encrypted.
    #[error(
        "`{0}` wants TLS, which this client does not speak; use the server's own address, or a tunnel to it"
    )]
    Encrypted(String),
}

impl Address {
    /// Reads an address; the path is that of the chat where none is given.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub(super) fn parse(text: &str) -> Result<Self, BadAddress> {
        let malformed = || BadAddress::Malformed(text.to_owned());
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("ws", text.trim()));
        match scheme {
            "ws" | "http" => {}
            "wss" | "https" => return Err(BadAddress::Encrypted(text.to_owned())),
            _ => return Err(malformed()),
        }
        let uri: Uri = format!("ws://{rest}").parse().map_err(|_| malformed())?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(malformed)?.as_str().to_owned();
        let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
            "" | "/" => CHAT_PATH,
            path => path,
        };
        let socket = format!("ws://{authority}{path}").parse().map_err(|_| malformed())?;
        Ok(Self { socket, pages: format!("http://{authority}") })
    }

    /// The chat of a server that listens on `listen`; one on all addresses is reached over loopback.
    ///
    /// # Errors
    /// None for any socket address with a port.
    pub(super) fn of(listen: SocketAddr) -> Result<Self, BadAddress> {
        let ip = match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        Self::parse(&SocketAddr::new(ip, listen.port()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_an_address_leads_to_the_chat() {
        for text in ["ws://h:1/api/v1/chat", "http://h:1", "http://h:1/", "h:1", " ws://h:1 "] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.socket, "ws://h:1/api/v1/chat", "{text}");
            assert_eq!(address.pages, "http://h:1", "{text}");
        }
        assert_eq!(Address::parse("ws://h/other").unwrap().socket, "ws://h/other");
    }

    #[test]
    fn what_cannot_be_reached_is_refused() {
        for text in ["", "ws://", "ftp://h", "ws://user:secret@h", "a b"] {
            assert!(matches!(Address::parse(text), Err(BadAddress::Malformed(_))), "{text}");
        }
        assert!(matches!(Address::parse("wss://h"), Err(BadAddress::Encrypted(_))));
    }

    #[test]
    fn a_server_on_all_addresses_is_reached_over_loopback() {
        assert_eq!(Address::of("0.0.0.0:7".parse().unwrap()).unwrap().pages, "http://127.0.0.1:7");
        assert_eq!(Address::of("[::]:7".parse().unwrap()).unwrap().pages, "http://[::1]:7");
    }
}
