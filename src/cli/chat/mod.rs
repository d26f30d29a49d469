//! `ibid chat`: a terminal client of a running server.
//!
//! One question at a time. Questions may tell of someone's health: they are kept nowhere unless a
//! history file is named.

mod address;
mod input;
mod link;

use anyhow::{Context, Result};

use super::args::{ChatArgs, Globals};
use super::render::{NOT_FOUND, Renderer};
use super::terminal::{Style, Terminal, clean_line};
use super::{Exit, prepare};
use crate::protocol::HelloFrame;
use address::Address;
use input::Input;
use link::{Link, Refused};

const HELP: &str = "\
Type a question and press Enter.
  /1 to /9   ask the suggestion with this number
  /help      this
  /quit      leave (so do Ctrl-D and Ctrl-C)
";

/// Talks to the server until the input ends.
pub(super) fn execute(globals: &Globals, args: &ChatArgs) -> Result<Exit> {
    let address = match &args.url {
        Some(url) => Address::parse(url)?,
        None => Address::of(prepare::settings(&globals.overrides(None))?.server.listen)?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime could not be started")?;
    runtime.block_on(async {
        // Before the input is read: both look at the terminal.
        let terminal = Terminal::detect();
        let renderer = Renderer { terminal, server: Some(address.pages.clone()) };
        let mut link = Link::new(address, terminal);
        let hello = link.connect().await?;
        let input = Input::start(args.history.clone())?;
        let mut chat = Chat { link, input, renderer, offers: Vec::new(), worst: Exit::Done };
        chat.greet(&hello)?;
        let ended = chat.run().await;
        chat.link.close().await;
        ended
    })
}

struct Chat {
    link: Link,
    input: Input,
    renderer: Renderer,
    /// What `/1` and so on ask.
    offers: Vec<String>,
    /// The worst that a question came to.
    worst: Exit,
}

/// What a line wants.
#[derive(Debug, PartialEq, Eq)]
enum Typed<'a> {
    Nothing,
    Quit,
    Help,
    /// The suggestion with this number, from 1.
    Offer(usize),
    Unknown,
    Question(&'a str),
}

impl<'a> Typed<'a> {
    fn read(line: &'a str) -> Self {
        let line = line.trim();
        match line.strip_prefix('/') {
            None if line.is_empty() => Self::Nothing,
            None => Self::Question(line),
            Some("quit" | "exit" | "q") => Self::Quit,
            Some("help" | "?") => Self::Help,
            Some(number) => match number.parse() {
                Ok(number @ 1..=9) => Self::Offer(number),
                _ => Self::Unknown,
            },
        }
    }
}

impl Chat {
    fn greet(&mut self, hello: &HelloFrame<'_>) -> Result<()> {
        if !self.input.interactive {
            return Ok(());
        }
        let mut out = self.renderer.text("", &hello.title, Some(Style::Bold));
        out.push_str(&self.renderer.text("", &hello.greeting, None));
        out.push_str(&self.offer("Try:", &hello.suggestions));
        out.push_str(&self.renderer.text("", "/help lists what can be typed.", Some(Style::Dim)));
        self.renderer.terminal.print(&out)
    }

    /// Questions to choose from, numbered.
    fn offer(&mut self, heading: &str, questions: &[impl AsRef<str>]) -> String {
        self.offers = questions.iter().take(9).map(|question| clean_line(question.as_ref())).collect();
        if self.offers.is_empty() || !self.input.interactive {
            return String::new();
        }
        let mut out = self.renderer.text("", heading, Some(Style::Dim));
        for (at, question) in self.offers.iter().enumerate() {
            out.push_str(&self.renderer.text("  ", &format!("/{} {question}", at + 1), Some(Style::Dim)));
        }
        out
    }

    async fn run(&mut self) -> Result<Exit> {
        loop {
            let line = tokio::select! {
                line = self.input.next() => line?,
                () = self.link.keep_alive() => continue,
            };
            let Some(line) = line else { break };
            match Typed::read(&line) {
                Typed::Nothing => {}
                Typed::Quit => break,
                Typed::Help => self.renderer.terminal.print(HELP)?,
                Typed::Unknown => self.renderer.terminal.complain("no such command; /help lists them"),
                Typed::Question(question) => self.ask(question).await?,
                Typed::Offer(number) => match self.offers.get(number - 1).cloned() {
                    Some(question) => self.ask(&question).await?,
                    None => self.renderer.terminal.complain("there is no suggestion with this number"),
                },
            }
        }
        Ok(if self.input.interactive { Exit::Done } else { self.worst })
    }

    async fn ask(&mut self, question: &str) -> Result<()> {
        let terminal = self.renderer.terminal;
        if !self.input.interactive {
            terminal.print(&format!("> {}\n", clean_line(question)))?;
        }
        match self.link.ask(question).await {
            Ok(answer) => {
                let mut out = self.renderer.answer(&answer);
                if !answer.related.is_empty() {
                    out.push_str(&self.offer("Related:", &answer.related));
                }
                if answer.outcome == NOT_FOUND && self.worst == Exit::Done {
                    self.worst = Exit::NotFound;
                }
                terminal.print(&format!("{out}\n"))
            }
            Err(error) if self.input.interactive || error.is::<Refused>() => {
                terminal.complain(&format!("error: {error:#}"));
                self.worst = Exit::Failed;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_questions_unless_they_begin_with_a_stroke() {
        assert_eq!(Typed::read("  why? "), Typed::Question("why?"));
        assert_eq!(Typed::read(" \t"), Typed::Nothing);
        assert_eq!(Typed::read("/quit"), Typed::Quit);
        assert_eq!(Typed::read("/2"), Typed::Offer(2));
        for unknown in ["/0", "/10", "/what", "/"] {
            assert_eq!(Typed::read(unknown), Typed::Unknown, "{unknown}");
        }
    }
}
