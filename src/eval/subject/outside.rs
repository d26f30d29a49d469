//! A running server, asked over plain HTTP.
//!
//! One connection a question over `hyper`, which is there for the server anyway. A server that is busy or limits
//! how often it may be asked is waited for, as it says. What a server keeps back it does not tell: quotes
//! below its threshold are missing, and so are features.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::{Found, Given, Insight, Subject, judged_id};
use crate::eval::EvalError;
use crate::eval::random::hash;
use crate::protocol::{Answer, AskRequest, Problem, SearchRequest, SearchResponse};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest answer that is read, in bytes.
const MAX_BYTES: usize = 64 << 20;
/// How often a busy server is asked again.
const TRIES: usize = 100;
/// Longest wait that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const DEFAULT_PORT: u16 = 80;

/// A server by its address.
#[derive(Debug)]
pub struct Outside {
    url: String,
    host: String,
    address: String,
    runtime: Runtime,
    /// With the number of a conversation a name that no other run has.
    begun: u64,
    conversations: AtomicU64,
}

/// What went wrong, and when trying again may help.
struct Refused {
    what: String,
    again: Option<Duration>,
}

impl Refused {
    fn because(what: impl std::error::Error) -> Self {
        Self { what: what.to_string(), again: None }
    }
}

impl Outside {
    /// The server at `url`, as in `http://127.0.0.1:7878`. It is not asked yet.
    ///
    /// # Errors
    /// `url` is no address of plain HTTP.
    pub fn new(url: &str) -> Result<Self, EvalError> {
        let wrong = |what: &str| EvalError::Server { url: url.to_owned(), what: what.to_owned() };
        let uri: Uri =
            url.parse().map_err(|_| wrong("not an address; use one as in http://127.0.0.1:7878"))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("only http:// can be asked; use the server's own address, or a tunnel to it"));
        }
        let host = uri.host().ok_or_else(|| wrong("no host in it"))?.to_owned();
        let port = uri.port_u16().unwrap_or(DEFAULT_PORT);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| wrong(&error.to_string()))?;
        let authority = uri.authority().map_or_else(|| host.clone(), ToString::to_string);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let begun = hash(u64::from(std::process::id()), &now.as_nanos().to_string());
        Ok(Self {
            url: url.to_owned(),
            host: authority,
            address: format!("{host}:{port}"),
            runtime,
            begun,
            conversations: AtomicU64::new(0),
        })
    }

    /// What `path` answers to `body`; a busy server is asked again.
    fn call<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, EvalError> {
        let wrong = |what: String| EvalError::Server { url: self.url.clone(), what };
        let body = serde_json::to_vec(body).map_err(|error| wrong(error.to_string()))?;
        for _ in 0..TRIES {
            let asked = async { tokio::time::timeout(PATIENCE, self.post(path, body.clone())).await };
            match self.runtime.block_on(asked) {
                Err(_) => return Err(wrong(format!("no answer within {} seconds", PATIENCE.as_secs()))),
                Ok(Err(Refused { again: Some(pause), .. })) => std::thread::sleep(pause),
                Ok(Err(refused)) => return Err(wrong(refused.what)),
                Ok(Ok(bytes)) => {
                    return serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()));
                }
            }
        }
        Err(wrong(format!("still busy after {TRIES} tries")))
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, Refused> {
        let stream = TcpStream::connect(&self.address).await.map_err(Refused::because)?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(Refused::because)?;
        let connection = tokio::spawn(connection);
        let request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Body::from(body))
            .map_err(Refused::because)?;
        let response = sender.send_request(request).await.map_err(Refused::because)?;
        let status = response.status();
        let bytes = to_bytes(Body::new(response.into_body()), MAX_BYTES).await.map_err(Refused::because)?;
        connection.abort();
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        let problem: Option<Problem> = serde_json::from_slice(&bytes).ok();
        let again = problem.as_ref().and_then(|problem| problem.retry_after_ms);
        let what =
            problem.map_or_else(|| status.to_string(), |problem| format!("{status}: {}", problem.detail));
        Err(Refused { what, again: again.map(|ms| Duration::from_millis(ms).min(LONGEST_PAUSE)) })
    }

    fn given(&self, question: &str, session: Option<String>) -> Result<Given, EvalError> {
        let request = AskRequest {
            question: question.to_owned(),
            limit: None,
            session,
            document: None,
            as_typed: false,
        };
        let answer: Answer<'static> = self.call("/api/v1/ask", &request)?;
        Ok(Given::of(&answer))
    }
}

impl Subject for Outside {
    fn ask(&self, question: &str, history: &[String]) -> Result<Given, EvalError> {
        if history.is_empty() {
            return self.given(question, None);
        }
        let number = self.conversations.fetch_add(1, Ordering::Relaxed);
        let session = format!("eval-{:016x}-{number:08x}", self.begun);
        for said in history {
            self.given(said, Some(session.clone()))?;
        }
        self.given(question, Some(session))
    }

    fn search(&self, question: &str, history: &[String], limit: usize) -> Result<Vec<Found>, EvalError> {
        let read_as = if history.is_empty() { None } else { self.ask(question, history)?.read_as };
        let question = read_as.unwrap_or_else(|| question.to_owned());
        let request = SearchRequest { question, limit: Some(limit) };
        let response: SearchResponse<'static> = self.call("/api/v1/search", &request)?;
        let found = response.hits.into_iter();
        Ok(found
            .map(|hit| Found { document: judged_id(&hit.document).to_owned(), score: hit.score })
            .collect())
    }

    fn explain(&self, _: &str, _: &[String], _: usize) -> Result<Option<Insight>, EvalError> {
        Ok(None)
    }

    fn document_text(&self, _id: &str) -> Result<Option<String>, EvalError> {
        Ok(None)
    }

    fn describe(&self) -> String {
        self.url.clone()
    }
}
