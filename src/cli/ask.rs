//! `ibid ask`: one question, answered from the index on disk.

use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use super::args::{AskArgs, Globals};
use super::render::Renderer;
use super::terminal::Terminal;
use super::{Exit, prepare};
use crate::answer::Outcome;
use crate::document::DocumentId;
use crate::engine::Engine;
use crate::protocol;
use crate::retrieve::Question;

/// Most that is read of a question on standard input, in bytes.
const MAX_STDIN_BYTES: u64 = 1 << 20;
/// How many documents are looked at for one with a similar name.
const MAX_COMPARED: usize = 1000;

/// Answers the question, on a terminal or as the protocol's JSON.
pub(super) fn execute(globals: &Globals, args: &AskArgs) -> Result<Exit> {
    let config = Arc::new(prepare::settings(&globals.overrides(None))?);
    let text = question_text(&args.question)?;
    let question =
        Question::new(&text, config.answer.max_question_chars)?.with_limit(usize::from(args.limit));
    let engine = Engine::new(config);
    prepare::load_current(&engine, globals)?;
    prepare::encode_few(&engine);
    let question = match &args.document {
        Some(id) => question.within(known_document(&engine, id)?),
        None => question,
    };
    let answer = engine.ask(&question)?;
    let wire = protocol::Answer::from(answer.as_ref());
    let terminal = Terminal::detect();
    terminal.print(&if args.json {
        let json = serde_json::to_string_pretty(&wire).context("the answer could not be written as JSON")?;
        json + "\n"
    } else {
        Renderer { terminal, server: None }.answer(&wire)
    })?;
    Ok(if answer.outcome == Outcome::NotFound { Exit::NotFound } else { Exit::Done })
}

/// The words of the command line, or standard input for a lone `-`.
fn question_text(words: &[String]) -> Result<String> {
    if words != ["-"] {
        return Ok(words.join(" "));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MAX_STDIN_BYTES + 1).read_to_end(&mut bytes);
    read.context("the question could not be read from standard input")?;
    if bytes.len() as u64 > MAX_STDIN_BYTES {
        bail!("the question on standard input is longer than {MAX_STDIN_BYTES} bytes");
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("the question on standard input is not UTF-8 text"))
}

fn known_document(engine: &Engine, id: &str) -> Result<DocumentId> {
    if engine.document(id)?.is_some() {
        return Ok(DocumentId::new(id)?);
    }
    let documents = engine.documents(0, MAX_COMPARED)?;
    let nearest = documents
        .iter()
        .map(|document| (strsim::jaro_winkler(document.id.as_str(), id), document.id.as_str()))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((similarity, known)) if similarity > 0.8 => {
            bail!("there is no document `{id}`; did you mean `{known}`?")
        }
        _ => bail!("there is no document `{id}` in the index"),
    }
}
