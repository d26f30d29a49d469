//! The content of a page to characters with their places.
//!
//! Only what shows or places text is carried out, and what tells rules and pictures; nothing is drawn, no picture is
//! decoded. A page may use a form many times and forms use each other: [`Limits`] bounds the work of the whole document.

use hayro_font::hayro_cmap::BfString;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::dict::keys::{FORM, IMAGE, MATRIX, RESOURCES, SUBTYPE};
use hayro_syntax::object::{self, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::{Page, Resources};

use super::drawing::Drawing;
use super::file::{Budget, too_much};
use super::font::{Face, Fonts};
use super::glyph::{Glyph, Sheet, Shift};
use super::mark::{Marks, Properties};
use super::matrix::Matrix;
use super::meaning::{UNREADABLE, letters, meaning};
use super::state::{Run, State};
use super::tags::Tags;
use crate::ingest::report::SkipReason;

/// Deepest form in a form.
const MAX_FORMS: usize = 12;
/// Most uses of forms in a document.
const MAX_FORM_USES: usize = 200_000;
/// Most operators of a document.
const MAX_OPERATORS: usize = 50_000_000;
/// Most characters of a page.
const MAX_PAGE_GLYPHS: usize = 400_000;
/// Most characters of a document.
const MAX_GLYPHS: usize = 10_000_000;
/// Text smaller than this is not there to be read, in points.
const MIN_SIZE: f64 = 0.5;
/// The smallest part of the page's width and height that a picture of text covers.
const PICTURE: f64 = 0.3;

/// What may still be done for the document.
#[derive(Debug)]
pub(super) struct Limits {
    budget: Budget,
    operators: usize,
    forms: usize,
    glyphs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { budget: Budget::default(), operators: MAX_OPERATORS, forms: MAX_FORM_USES, glyphs: MAX_GLYPHS }
    }
}

/// Reads a page. `tags` say which content is of which block.
///
/// # Errors
/// [`SkipReason::Malformed`] where the document goes beyond what can be held.
pub(super) fn read<'a>(
    page: &Page<'a>,
    fonts: &Fonts<'a>,
    tags: Option<&Tags>,
    limits: &mut Limits,
) -> Result<Sheet, SkipReason> {
    let (width, height) = page.render_dimensions();
    let initial = Matrix(page.initial_transform(true).as_coeffs());
    let mut reader = Reader {
        fonts,
        limits,
        size: (f64::from(width), f64::from(height)),
        texts: Texts::default(),
        drawing: Drawing::default(),
        marks: Marks::new(tags, page.raw().obj_id()),
        unnamed: 0,
        unreadable: 0,
        has_pictures: false,
        shown: 0,
    };
    let content = reader.page_content(page)?;
    reader.run(&content, page.resources(), State { ctm: initial, ..State::default() }, 0)?;
    Ok(reader.finish())
}

/// Text mode: neither filled nor stroked.
const INVISIBLE: i64 = 3;
/// Text mode: filled and stroked, as is done for a bold that the font lacks.
const FILLED_AND_STROKED: i64 = 2;

/// The text of a page by the way in which it runs.
#[derive(Debug, Default)]
struct Texts {
    /// To the right, downwards, to the left, upwards. Places are of a page turned so that the text runs to the right.
    turned: [Vec<Glyph>; 4],
    artifacts: Vec<Glyph>,
    /// What is there to be found but not seen, as text recognition leaves it.
    hidden: Vec<Glyph>,
}

struct Reader<'r, 'a> {
    fonts: &'r Fonts<'a>,
    limits: &'r mut Limits,
    size: (f64, f64),
    texts: Texts,
    drawing: Drawing,
    marks: Marks<'r>,
    /// How many letters and figures stand in artifacts that are not said to be of the page.
    unnamed: usize,
    unreadable: usize,
    has_pictures: bool,
    shown: usize,
}

impl<'a> Reader<'_, 'a> {
    fn page_content(&mut self, page: &Page<'a>) -> Result<Vec<u8>, SkipReason> {
        let contents = page.raw();
        let mut collected = Vec::new();
        let streams: Vec<Stream<'a>> = match contents.get::<Object<'a>>("Contents") {
            Some(Object::Stream(stream)) => vec![stream],
            Some(Object::Array(streams)) => streams.iter::<Stream<'a>>().collect(),
            _ => Vec::new(),
        };
        for stream in streams {
            if let Some(data) = self.limits.budget.decode(&stream)? {
                collected.extend_from_slice(&data);
                collected.push(b' ');
            }
        }
        Ok(collected)
    }

    /// Carries out `content`, at `depth` forms down.
    fn run(
        &mut self,
        content: &[u8],
        resources: &Resources<'a>,
        state: State<'a>,
        depth: usize,
    ) -> Result<(), SkipReason> {
        let marks = self.marks.len();
        let mut run = Run::new(state);
        let mut operators = TypedIter::new(content);
        while let Some(operator) = operators.next() {
            self.limits.operators = self.limits.operators.checked_sub(1).ok_or_else(too_much)?;
            match &operator {
                TypedInstruction::XObject(named) => self.object(named.0, resources, &run.state, depth)?,
                TypedInstruction::InlineImage(_) => self.picture(run.state.ctm),
                operator if run.place(operator) || self.drawing.draw(operator, run.state.ctm) => {}
                operator => {
                    self.text(operator, resources, &mut run)?;
                    self.mark(operator, resources);
                }
            }
        }
        self.marks.end_to(marks);
        Ok(())
    }

    /// Shows text or sets its font.
    fn text(
        &mut self,
        operator: &TypedInstruction<'_, '_>,
        resources: &Resources<'a>,
        run: &mut Run<'a>,
    ) -> Result<(), SkipReason> {
        match operator {
            TypedInstruction::TextFont(font) => {
                let dict = resources.get_font(font.0);
                let budget = &mut self.limits.budget;
                run.state.face = dict.map(|dict| self.fonts.face(&dict, budget)).transpose()?.flatten();
                run.state.size = font.1.as_f64();
            }
            TypedInstruction::ShowText(shown) => self.show(shown.0, run)?,
            TypedInstruction::NextLineAndShowText(shown) => {
                run.next_line(0.0, -run.state.leading);
                self.show(shown.0, run)?;
            }
            TypedInstruction::ShowTextWithParameters(shown) => {
                (run.state.word_space, run.state.char_space) = (shown.0.as_f64(), shown.1.as_f64());
                run.next_line(0.0, -run.state.leading);
                self.show(shown.2, run)?;
            }
            TypedInstruction::ShowTexts(shown) => {
                for part in shown.0.iter::<Object<'_>>() {
                    match part {
                        Object::Number(number) => run.advance(-number.as_f64() / 1000.0 * run.state.size),
                        Object::String(text) => self.show(&text, run)?,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn show(&mut self, text: &object::String<'_>, run: &mut Run<'a>) -> Result<(), SkipReason> {
        let bytes = text.as_bytes();
        let Some(face) = run.state.face.clone() else {
            self.unreadable += bytes.len();
            return Ok(());
        };
        let mut at = 0;
        while at < bytes.len() {
            let code = face.code(bytes, at);
            let is_space = code.length == 1 && code.code == 32;
            let width = code.width * run.state.size;
            let extra = run.state.char_space + if is_space { run.state.word_space } else { 0.0 };
            if face.is_horizontal() {
                self.put(code.text.as_ref(), width, &face, run)?;
            } else {
                self.unreadable += 1;
            }
            run.advance(width + extra);
            at += code.length;
        }
        Ok(())
    }

    /// Puts what one code means where it stands.
    fn put(
        &mut self,
        text: Option<&BfString>,
        width: f64,
        face: &Face<'_>,
        run: &Run<'a>,
    ) -> Result<(), SkipReason> {
        let state = &run.state;
        let place = run.text.then(state.ctm);
        let [a, b, c, d, ..] = place.0;
        let size = c.hypot(d) * state.size.abs() * face.em;
        let (begin, end) = (place.apply(0.0, state.rise), place.apply(width * state.stretch, state.rise));
        let is_finite = size.is_finite() && end.0.is_finite() && end.1.is_finite();
        if !(self.is_on_page(begin) && is_finite && size >= MIN_SIZE) {
            return Ok(());
        }
        self.count()?;
        let meaning = self.marks.said_of(meaning(text, face.is_symbols));
        self.unreadable += usize::from(meaning.is_none());
        let Some(turn) = turn(a, b) else { return Ok(()) };
        let ((x0, y), (x1, _)) = (self.turned(begin, turn), self.turned(end, turn));
        let bold = face.bold || state.mode == FILLED_AND_STROKED;
        let (x0, x1, y) = (x0 as f32, x1.max(x0) as f32, y as f32);
        let glyph = Glyph {
            c: UNREADABLE,
            x0,
            x1,
            y,
            size: size as f32,
            bold,
            shift: Shift::None,
            tag: self.marks.tag(),
        };
        self.write(meaning.as_deref(), glyph, turn, state.mode);
        Ok(())
    }

    /// Adds a character, or what it means, to the text that it is of.
    fn write(&mut self, meaning: Option<&str>, glyph: Glyph, turn: usize, mode: i64) {
        let is_letter = |meaning: &str| meaning.chars().any(char::is_alphanumeric);
        self.unnamed += usize::from(self.marks.is_unnamed() && meaning.is_some_and(is_letter));
        let into = match self.texts.turned.get_mut(turn) {
            _ if self.marks.is_artifact() => &mut self.texts.artifacts,
            _ if mode == INVISIBLE => &mut self.texts.hidden,
            Some(into) => into,
            None => return,
        };
        match meaning {
            Some(meaning) => push(into, meaning, glyph),
            None => into.push(glyph),
        }
    }

    /// Counts one more character.
    fn count(&mut self) -> Result<(), SkipReason> {
        self.shown += 1;
        self.limits.glyphs = self.limits.glyphs.checked_sub(1).ok_or_else(too_much)?;
        if self.shown > MAX_PAGE_GLYPHS { Err(too_much()) } else { Ok(()) }
    }

    fn is_on_page(&self, (x, y): (f64, f64)) -> bool {
        (-1.0..=self.size.0 + 1.0).contains(&x) && (-1.0..=self.size.1 + 1.0).contains(&y)
    }

    /// The place on a page that is turned so that text of this way runs to the right.
    fn turned(&self, (x, y): (f64, f64), turn: usize) -> (f64, f64) {
        match turn {
            0 => (x, y),
            1 => (y, self.size.0 - x),
            2 => (self.size.0 - x, self.size.1 - y),
            _ => (self.size.1 - y, x),
        }
    }

    fn object(
        &mut self,
        name: &Name<'_>,
        resources: &Resources<'a>,
        state: &State<'a>,
        depth: usize,
    ) -> Result<(), SkipReason> {
        let Some(stream) = resources.get_x_object(name) else { return Ok(()) };
        match stream.dict().get::<Name<'_>>(SUBTYPE).as_deref() {
            Some(IMAGE) => self.picture(state.ctm),
            Some(FORM) if depth < MAX_FORMS => {
                self.limits.forms = self.limits.forms.checked_sub(1).ok_or_else(too_much)?;
                let Some(content) = self.limits.budget.decode(&stream)? else { return Ok(()) };
                let matrix = stream.dict().get::<[f64; 6]>(MATRIX).map_or(Matrix::IDENTITY, Matrix);
                let own = stream.dict().get::<Dict<'a>>(RESOURCES).map(Resources::new);
                let state = State { ctm: matrix.then(state.ctm), ..state.clone() };
                let page = self.marks.enter(form_id(&stream));
                self.run(&content, own.as_ref().unwrap_or(resources), state, depth + 1)?;
                self.marks.leave(page);
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes a picture that is large enough to be one of text.
    fn picture(&mut self, ctm: Matrix) {
        let [a, b, c, d, ..] = ctm.0;
        let (width, height) = (a.abs().max(c.abs()), b.abs().max(d.abs()));
        self.has_pictures |= width >= PICTURE * self.size.0 && height >= PICTURE * self.size.1 * 0.5;
    }

    fn mark(&mut self, operator: &TypedInstruction<'_, '_>, resources: &Resources<'a>) {
        match operator {
            TypedInstruction::BeginMarkedContentWithProperties(marked) => {
                let named = |name: &Name<'_>| resources.properties.get::<Dict<'_>>(name.as_ref());
                let properties = match marked.1 {
                    Object::Dict(properties) => Properties::read(properties),
                    Object::Name(name) => named(name).as_ref().map(Properties::read).unwrap_or_default(),
                    _ => Properties::default(),
                };
                self.marks.begin(marked.0, properties);
            }
            TypedInstruction::BeginMarkedContent(marked) => {
                self.marks.begin(marked.0, Properties::default());
            }
            TypedInstruction::EndMarkedContent(_) => self.marks.end(),
            _ => {}
        }
    }

    /// The text that runs as most of it does; hidden text where there is no other.
    fn finish(mut self) -> Sheet {
        let Texts { turned, artifacts, hidden } = self.texts;
        let [right, down, left, up] = turned;
        let mut texts = [(0, right), (1, down), (2, left), (3, up)];
        texts.sort_by_key(|(turn, glyphs)| (std::cmp::Reverse(glyphs.len()), *turn));
        let [(turn, mut glyphs), ..] = texts;
        if glyphs.is_empty() {
            glyphs = hidden;
        }
        let height = if turn % 2 == 0 { self.size.1 } else { self.size.0 };
        let uprights = self.drawing.take_uprights();
        let (lines, uprights, dots) =
            if turn == 0 { (self.drawing.lines, uprights, self.drawing.dots) } else { Default::default() };
        Sheet {
            height: height as f32,
            glyphs,
            artifacts,
            unnamed: self.unnamed,
            lines,
            uprights,
            dots,
            unreadable: self.unreadable,
            has_pictures: self.has_pictures,
        }
    }
}

/// The name of a form whose marked content is numbered on its own.
fn form_id(stream: &Stream<'_>) -> Option<ObjectIdentifier> {
    stream.dict().obj_id().filter(|_| stream.dict().contains_key("StructParents"))
}

/// In which of four ways text runs; `None` for text set at a slant.
fn turn(a: f64, b: f64) -> Option<usize> {
    let (flat, steep) = (a.abs(), b.abs());
    match (steep <= flat * 0.1, flat <= steep * 0.1) {
        (true, _) => Some(if a >= 0.0 { 0 } else { 2 }),
        (_, true) => Some(if b >= 0.0 { 1 } else { 3 }),
        _ => None,
    }
}

/// Adds the characters of `meaning`, which share the width; a ligature is written as the letters that it joins.
fn push(into: &mut Vec<Glyph>, meaning: &str, glyph: Glyph) {
    let letters: Vec<char> = meaning.chars().flat_map(letters).collect();
    let share = (glyph.x1 - glyph.x0) / letters.len().max(1) as f32;
    for (at, c) in letters.into_iter().enumerate() {
        let x0 = glyph.x0 + share * at as f32;
        into.push(Glyph { c, x0, x1: x0 + share, ..glyph });
    }
}
