//! The tools: what they are called with, what they do, what they say.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};

use super::excerpt::Excerpt;
use super::{Backend, arguments, schemas};
use crate::access::Scope;
use crate::adapters::{Content, Links};
use crate::answer::{Outcome, reference_to_passage};
use crate::document::{Document, sha256_hex};
use crate::engine::{AskError, Engine};
use crate::protocol::{
    Answer, AskRequest, ErrorCode, Problem, SearchResponse, VerifyRequest, VerifyResponse,
};

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Ask,
    Search,
    ReadDocument,
    VerifyQuote,
}

/// What a call gives: texts for the model, and the same as data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) texts: Vec<String>,
    pub(super) value: Value,
}

impl Tool {
    pub(super) const ALL: [Self; 4] = [Self::Ask, Self::Search, Self::ReadDocument, Self::VerifyQuote];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Search => "search",
            Self::ReadDocument => "read_document",
            Self::VerifyQuote => "verify_quote",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Ask => "Ask the documents",
            Self::Search => "Search the documents",
            Self::ReadDocument => "Read a document",
            Self::VerifyQuote => "Check a quote",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Ask => {
                "Answers a question with quotes from the organisation's documents, word for word, each with its \
                 source, or says that the documents do not answer. Use it for anything that the organisation's \
                 own documents should decide."
            }
            Self::Search => {
                "Finds passages of the documents, best first, whether or not they answer. Use it to look around; \
                 use `ask` for an answer."
            }
            Self::ReadDocument => {
                "Reads a document's own text, in parts. Its id stands in every reference, as `document`."
            }
            Self::VerifyQuote => {
                "Checks that words stand in a document exactly as they are about to be shown. Give the members \
                 of a reference, or the quote's words, or both."
            }
        }
    }

    /// What a key must be for.
    pub(super) const fn scope(self) -> Scope {
        match self {
            Self::Ask => Scope::Ask,
            Self::Search => Scope::Search,
            Self::ReadDocument | Self::VerifyQuote => Scope::Documents,
        }
    }

    /// JSON Schema of the arguments.
    pub(super) fn input(self) -> Value {
        schemas::input(self.name())
    }

    /// JSON Schema of what comes.
    pub(super) fn output(self) -> Value {
        schemas::output(self.name())
    }
}

/// Calls `tool`.
///
/// # Errors
/// What the model is told is wrong.
pub(super) async fn call<B: Backend>(
    backend: &B,
    tool: Tool,
    arguments: Map<String, Value>,
) -> Result<Reply, Problem> {
    if !backend.may(tool.scope()) {
        let detail = format!("the key has no scope `{}`", tool.scope().as_str());
        return Err(Problem::new(ErrorCode::Forbidden, detail));
    }
    match tool {
        Tool::Ask => ask(backend, arguments::read(arguments)?).await,
        Tool::Search => search(backend, arguments::read(arguments)?).await,
        Tool::ReadDocument => read_document(backend, arguments::read(arguments)?).await,
        Tool::VerifyQuote => verify_quote(backend, arguments::read(arguments)?).await,
    }
}

async fn ask<B: Backend>(backend: &B, ask: arguments::Ask) -> Result<Reply, Problem> {
    let asked = Instant::now();
    let question = AskRequest::from(ask).question(backend.config().answer.max_question_chars)?;
    let answer = {
        let question = question.clone();
        let ask = move |engine: &Engine| {
            let is_served = question.document().map_or(Ok(true), |id| engine.serves(id))?;
            is_served.then(|| engine.ask(&question)).transpose()
        };
        backend.run(Scope::Ask, ask).await?.ok_or_else(Problem::unknown_document)?
    };
    backend.note(&question, &answer, asked);
    let links = Links::new(&backend.config().server.public_url);
    let mut texts = vec![Content::answer(&answer, &links, usize::MAX).markdown()];
    texts.extend(advice(answer.outcome).map(str::to_owned));
    texts.retain(|text| !text.is_empty());
    Ok(Reply { texts, value: value(&Answer::from(&*answer))? })
}

/// What a model has to know of an answer, besides the answer.
const fn advice(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::NotFound => Some(
            "The documents do not answer this question. Tell the person so, and do not make up an answer in \
             their name.",
        ),
        Outcome::LowConfidence => Some("These quotes may not answer the question. Say so if you show them."),
        Outcome::RedFlag => Some("Show the notice first, whole and as it is."),
        Outcome::Answered | Outcome::SmallTalk | Outcome::Handoff => None,
    }
}

async fn search<B: Backend>(backend: &B, request: arguments::Search) -> Result<Reply, Problem> {
    let question = request.question(backend.config().answer.max_question_chars)?;
    let links = Links::new(&backend.config().server.public_url);
    let find = move |engine: &Engine| {
        let found = engine.search(&question)?;
        let mut content = Content::default();
        for hit in &found {
            if let Some(passage) = hit.document.passages.get(hit.passage as usize) {
                let reference = reference_to_passage(&hit.document, hit.passage);
                content.push_quote(hit.document.slice(passage.span), &reference, &links);
            }
        }
        let text = if content.is_empty() { "Nothing was found.".into() } else { content.markdown() };
        Ok((text, SearchResponse::of(&found, |response| value(response))))
    };
    let (text, value) = backend.run(Scope::Search, find).await?;
    Ok(Reply { texts: vec![text], value: value? })
}

async fn read_document<B: Backend>(backend: &B, wanted: arguments::ReadDocument) -> Result<Reply, Problem> {
    let read = move |engine: &Engine| {
        let document = engine.document(&wanted.document)?;
        Ok(document.map(|document| Excerpt::of(&document, wanted.from, wanted.length)))
    };
    let excerpt = backend.run(Scope::Documents, read).await?.ok_or_else(Problem::unknown_document)??;
    Ok(Reply { value: value(&excerpt)?, texts: vec![excerpt.text] })
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Checked {
    #[serde(flatten)]
    verdict: VerifyResponse,
    /// Where the quote stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<VerifyRequest>,
}

async fn verify_quote<B: Backend>(backend: &B, wanted: arguments::VerifyQuote) -> Result<Reply, Problem> {
    let place = wanted.place()?;
    let (id, quote) = (wanted.document, wanted.quote);
    let check = move |engine: &Engine| match (place, quote) {
        (Some(place), quote) => check_place(engine, place, quote.as_deref()),
        (None, quote) => check_words(engine, &id, &quote.unwrap_or_default()),
    };
    let checked = backend.run(Scope::Documents, check).await?;
    let text = match &checked.verdict.reason {
        None => "The quote stands, word for word.".to_owned(),
        Some(reason) => format!("The quote does not stand: {reason}. Do not show it as a quote."),
    };
    Ok(Reply { texts: vec![text], value: value(&checked)? })
}

fn check_place(engine: &Engine, place: VerifyRequest, quote: Option<&str>) -> Result<Checked, AskError> {
    let verdict = VerifyResponse::from(engine.verify(&place.clone().into())?);
    let differs = quote.is_some_and(|quote| verdict.quote.as_deref().is_some_and(|found| found != quote));
    if differs {
        return Ok(refused("other words stand at this place"));
    }
    let place = verdict.valid.then_some(place);
    Ok(Checked { verdict, place })
}

fn check_words(engine: &Engine, id: &str, quote: &str) -> Result<Checked, AskError> {
    let Some(document) = engine.document(id)? else {
        return Ok(refused("no document of that id is served"));
    };
    if quote.trim().is_empty() {
        return Ok(refused("it is empty"));
    }
    match document.text.find(quote) {
        Some(start) => check_place(engine, place_of(&document, start, quote), Some(quote)),
        None => Ok(refused("these words do not stand in the document as they are")),
    }
}

fn place_of(document: &Document, start: usize, quote: &str) -> VerifyRequest {
    VerifyRequest {
        document: document.id.to_string(),
        revision: document.revision.to_string(),
        bytes: (start, start + quote.len()),
        sha256: sha256_hex(quote.as_bytes()),
    }
}

fn refused(reason: &str) -> Checked {
    let verdict = VerifyResponse { valid: false, quote: None, reason: Some(reason.to_owned()) };
    Checked { verdict, place: None }
}

fn value(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "cannot write a tool's result");
        Problem::new(ErrorCode::Internal, "the result could not be written")
    })
}
