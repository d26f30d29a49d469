//! The closed sets of error codes and close codes.

use serde::{Deserialize, Serialize};

/// Why something was refused. The same names over HTTP (`code` of the problem) and the WebSocket (`code`
/// of an `error` frame).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is described by `title`")]
pub enum ErrorCode {
    BadJson,
    BadFrame,
    BadRequest,
    Unsupported,
    QuestionTooLong,
    TooLarge,
    UnsupportedMediaType,
    NotFound,
    MethodNotAllowed,
    UpgradeRequired,
    OriginNotAllowed,
    NotAuthorised,
    Forbidden,
    UnknownAnswer,
    HandoffUnavailable,
    RateLimited,
    Busy,
    NotReady,
    ShuttingDown,
    Timeout,
    Internal,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::BadJson,
        Self::BadFrame,
        Self::BadRequest,
        Self::Unsupported,
        Self::QuestionTooLong,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::UpgradeRequired,
        Self::OriginNotAllowed,
        Self::NotAuthorised,
        Self::Forbidden,
        Self::UnknownAnswer,
        Self::HandoffUnavailable,
        Self::RateLimited,
        Self::Busy,
        Self::NotReady,
        Self::ShuttingDown,
        Self::Timeout,
        Self::Internal,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status it goes with.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// What it means, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::BadJson => ("bad_json", 400, "this is not JSON"),
            Self::BadFrame => ("bad_frame", 400, "this is not a frame of the protocol"),
            Self::BadRequest => ("bad_request", 400, "the request is not as it should be"),
            Self::Unsupported => ("unsupported", 400, "this is not supported"),
            Self::QuestionTooLong => ("question_too_long", 400, "the question is too long"),
            Self::TooLarge => ("too_large", 413, "the message is too large"),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "the body must be JSON"),
            Self::NotFound => ("not_found", 404, "there is nothing here"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "the method is not allowed here"),
            Self::UpgradeRequired => ("upgrade_required", 426, "this address speaks WebSocket"),
            Self::OriginNotAllowed => ("origin_not_allowed", 403, "pages of this origin may not connect"),
            Self::NotAuthorised => ("not_authorised", 401, "a key or a visitor token is needed"),
            Self::Forbidden => ("forbidden", 403, "the key is not for this"),
            Self::UnknownAnswer => ("unknown_answer", 404, "no answer has this number"),
            Self::HandoffUnavailable => ("handoff_unavailable", 501, "no person can be reached here"),
            Self::RateLimited => ("rate_limited", 429, "too many questions in a short time"),
            Self::Busy => ("busy", 503, "the service is busy"),
            Self::NotReady => ("not_ready", 503, "no index is loaded yet"),
            Self::ShuttingDown => ("shutting_down", 503, "the service is stopping"),
            Self::Timeout => ("timeout", 408, "the request took too long to arrive"),
            Self::Internal => ("internal", 500, "something went wrong here"),
        }
    }
}

/// Why the server closes a chat socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// The session was erased as wished.
    Normal,
    /// The server stops.
    GoingAway,
    /// What came is not WebSocket.
    Malformed,
    /// A text message is not UTF-8.
    NotUtf8,
    /// A policy forbids the connection.
    Policy,
    /// A message is larger than `limits.message_bytes`.
    TooBig,
    /// No right to connect.
    NotAuthorised,
    /// Nobody asked for long, or pings went unanswered.
    Idle,
    /// Another connection goes on with the session.
    TakenOver,
    /// Too many connections.
    TooMany,
}

impl CloseCode {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::GoingAway,
        Self::Malformed,
        Self::NotUtf8,
        Self::Policy,
        Self::TooBig,
        Self::NotAuthorised,
        Self::Idle,
        Self::TakenOver,
        Self::TooMany,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::GoingAway => 1001,
            Self::Malformed => 1002,
            Self::NotUtf8 => 1007,
            Self::Policy => 1008,
            Self::TooBig => 1009,
            Self::NotAuthorised => 4401,
            Self::Idle => 4408,
            Self::TakenOver => 4409,
            Self::TooMany => 4429,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codes_name_is_what_is_written() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
