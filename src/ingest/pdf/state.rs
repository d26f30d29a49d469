//! What a content stream sets before it shows text: the font, the spacing, and the place.

use hayro_syntax::content::ops::TypedInstruction;

use super::font::Face;
use super::matrix::Matrix;

/// Most saved states; further ones are not saved.
const MAX_STATES: usize = 256;

/// What holds for the text that comes next.
#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    pub(super) ctm: Matrix,
    pub(super) face: Option<Face<'a>>,
    pub(super) size: f64,
    pub(super) char_space: f64,
    pub(super) word_space: f64,
    /// Of the width, 1 for as it is.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: i64,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            ctm: Matrix::IDENTITY,
            face: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

/// Where the text stands.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) state: State<'a>,
    states: Vec<State<'a>>,
    /// How many states were not saved as there were too many.
    unsaved: usize,
    pub(super) text: Matrix,
    line: Matrix,
}

impl<'a> Run<'a> {
    pub(super) const fn new(state: State<'a>) -> Self {
        let (text, line) = (Matrix::IDENTITY, Matrix::IDENTITY);
        Self { state, states: Vec::new(), unsaved: 0, text, line }
    }

    /// Carries out what places text. Gives whether the operator was of those.
    pub(super) fn place(&mut self, operator: &TypedInstruction<'_, '_>) -> bool {
        let state = &mut self.state;
        match operator {
            TypedInstruction::SaveState(_) => self.save(),
            TypedInstruction::RestoreState(_) => self.restore(),
            TypedInstruction::Transform(t) => {
                let map = [&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|number| number.as_f64());
                state.ctm = Matrix(map).then(state.ctm);
            }
            TypedInstruction::BeginText(_) => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            TypedInstruction::SetTextMatrix(t) => {
                self.line = Matrix([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|number| number.as_f64()));
                self.text = self.line;
            }
            TypedInstruction::NextLine(to) => self.next_line(to.0.as_f64(), to.1.as_f64()),
            TypedInstruction::NextLineAndSetLeading(to) => {
                state.leading = -to.1.as_f64();
                self.next_line(to.0.as_f64(), to.1.as_f64());
            }
            TypedInstruction::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            TypedInstruction::CharacterSpacing(space) => state.char_space = space.0.as_f64(),
            TypedInstruction::WordSpacing(space) => state.word_space = space.0.as_f64(),
            TypedInstruction::HorizontalScaling(scale) => state.stretch = scale.0.as_f64() / 100.0,
            TypedInstruction::TextLeading(leading) => state.leading = leading.0.as_f64(),
            TypedInstruction::TextRise(rise) => state.rise = rise.0.as_f64(),
            TypedInstruction::TextRenderingMode(mode) => state.mode = mode.0.as_i64(),
            _ => return false,
        }
        true
    }

    fn save(&mut self) {
        if self.states.len() < MAX_STATES {
            self.states.push(self.state.clone());
        } else {
            self.unsaved += 1;
        }
    }

    fn restore(&mut self) {
        if self.unsaved > 0 {
            self.unsaved -= 1;
        } else if let Some(state) = self.states.pop() {
            self.state = state;
        }
    }

    pub(super) fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    /// Moves on by `width` of text that is not stretched.
    pub(super) fn advance(&mut self, width: f64) {
        self.text = Matrix::shift(width * self.state.stretch, 0.0).then(self.text);
    }
}
