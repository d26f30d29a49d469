//! The types on the wire, the closed sets of codes, and the published contract.
//!
//! Everything that leaves through a door is made here from the engine's own types by `From`, so that a
//! change inside cannot change the contract unnoticed. Requests are read whole into a type that refuses
//! members it does not know. Nothing here knows of sockets or routes. `openapi.json` and `asyncapi.json`
//! beside this file say the same for machines and `docs/protocol.md` for people; `tests/suite/contract.rs`
//! keeps them in step.

mod answer;
mod code;
mod document;
mod frame;
mod http;
mod link;
mod number;
mod request;

pub(crate) use answer::outcome as outcome_name;
pub use answer::{
    Answer, Bibliography, Citation, Correction, NearPlace, Notice, NoticeAction, Reference, Run,
};
pub use code::{CloseCode, ErrorCode};
pub use document::{BibliographyBody, DocumentBody, DocumentItem, DocumentList, SectionBody};
pub use frame::{
    AskFrame, BadFrame, CLIENT_FRAMES, ClientFrame, FeedbackFrame, FeedbackReason, ForgetFrame, HandoffState,
    HelloFrame, LOGO_PATH, Limits, ResumeFrame, SERVER_FRAMES, ServerFrame, Service, StatusState,
};
pub use http::{
    AskRequest, Hit, Problem, Ready, SearchRequest, SearchResponse, Vectors, VerifyRequest, VerifyResponse,
    VisitorRequest, VisitorResponse,
};
pub use link::document_address;
pub use request::{question, read_body};

/// Name of the WebSocket subprotocol, and of this version of the contract.
pub const PROTOCOL: &str = "ibid.v1";

/// The HTTP contract: OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("openapi.json");

/// The WebSocket contract: AsyncAPI 3.0.
pub const ASYNCAPI: &str = include_str!("asyncapi.json");
