//! Fonts: codes to characters, widths and weight. The library knows the encodings.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use hayro_font::hayro_cmap::BfString;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId};
use hayro_syntax::object::dict::keys::{BASE_FONT, FLAGS, FONT_DESC, FONT_MATRIX, FONT_WEIGHT, SUBTYPE};
use hayro_syntax::object::{Array, Dict, Name, Rect, Stream};

use super::file::Budget;
use crate::ingest::report::SkipReason;

/// Flag of a descriptor: bold is to be drawn bolder.
const FORCE_BOLD: u32 = 1 << 18;
/// Weights from here on are bold.
const BOLD: f32 = 600.0;

/// What the fonts of a document are read with.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    maps: CMapResolverFn,
    /// The dictionaries whose streams are counted.
    counted: RefCell<HashSet<&'a [u8]>>,
}

impl Default for Fonts<'_> {
    fn default() -> Self {
        let programs: FontResolverFn = Arc::new(|query| {
            Some(match query {
                FontQuery::Standard(font) => font.get_font_data(),
                FontQuery::Fallback(query) => query.pick_standard_font().get_font_data(),
            })
        });
        Self { cache: FontCache::new(), programs, maps: Arc::new(|_| None), counted: RefCell::default() }
    }
}

impl<'a> Fonts<'a> {
    /// The font of a dictionary; `None` where it cannot be read.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] for a font that unpacks to more than `budget` has left.
    pub(super) fn face(&self, dict: &Dict<'a>, budget: &mut Budget) -> Result<Option<Face<'a>>, SkipReason> {
        if self.counted.borrow_mut().insert(dict.data()) {
            for stream in streams(dict) {
                budget.spend(&stream)?;
            }
        }
        Ok(self.read(dict))
    }

    fn read(&self, dict: &Dict<'a>) -> Option<Face<'a>> {
        let font = self.cache.font(dict, &self.programs, &self.maps)?;
        let name = dict.get::<Name<'_>>(BASE_FONT).map(|name| name.as_str().to_ascii_lowercase());
        let name = name.unwrap_or_default();
        let bold = is_bold(dict, &name);
        let is_symbols =
            ["symbol", "wingdings", "dingbats", "webdings"].iter().any(|part| name.contains(part));
        Some(Face { em: em(dict), font, bold, is_symbols })
    }
}

/// The name in lower case tells, else the descriptor.
fn is_bold(dict: &Dict<'_>, name: &str) -> bool {
    let named = ["bold", "black", "heavy", "demi"].iter().any(|part| name.contains(part));
    let below = descendant(dict);
    let descriptor = below.as_ref().unwrap_or(dict).get::<Dict<'_>>(FONT_DESC);
    named
        || descriptor.is_some_and(|descriptor| {
            descriptor.get::<f32>(FONT_WEIGHT).is_some_and(|weight| weight >= BOLD)
                || descriptor.get::<u32>(FLAGS).is_some_and(|flags| flags & FORCE_BOLD != 0)
        })
}

/// The font that a composite font is made of.
fn descendant<'a>(dict: &Dict<'a>) -> Option<Dict<'a>> {
    dict.get::<Array<'a>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'a>>().next())
}

/// What the library unpacks to read a font: its program and what maps its codes.
fn streams<'a>(dict: &Dict<'a>) -> Vec<Stream<'a>> {
    let below = descendant(dict);
    let dicts = || [Some(dict), below.as_ref()].into_iter().flatten();
    let maps = dicts().flat_map(|dict| {
        ["ToUnicode", "Encoding", "CIDToGIDMap"].into_iter().filter_map(|key| dict.get::<Stream<'a>>(key))
    });
    let descriptors = dicts().filter_map(|dict| dict.get::<Dict<'a>>(FONT_DESC));
    let programs = descriptors.flat_map(|descriptor| {
        ["FontFile", "FontFile2", "FontFile3"]
            .map(|key| descriptor.get::<Stream<'a>>(key))
            .into_iter()
            .flatten()
    });
    maps.chain(programs).collect()
}

/// How tall an em is at size 1: other than 1 for fonts that are drawn by the file itself.
fn em(dict: &Dict<'_>) -> f64 {
    let is_drawn = dict.get::<Name<'_>>(SUBTYPE).is_some_and(|subtype| subtype.as_ref() == b"Type3");
    let scale =
        dict.get::<[f64; 6]>(FONT_MATRIX).filter(|_| is_drawn).map(|[_, _, _, scale, ..]| scale.abs());
    let height = dict.get::<Rect>("FontBBox").map(|box_| (box_.y1 - box_.y0).abs());
    scale.zip(height).map(|(scale, height)| scale * height).filter(|em| *em > 0.0).unwrap_or(1.0)
}

/// A font that text is shown in.
#[derive(Debug, Clone)]
pub(super) struct Face<'a> {
    font: Font<'a>,
    pub(super) em: f64,
    pub(super) bold: bool,
    /// Whether its characters are pictures, such as bullets.
    pub(super) is_symbols: bool,
}

/// A code of a shown string.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) code: u32,
    /// Length in bytes, at least 1.
    pub(super) length: usize,
    /// Width at size 1.
    pub(super) width: f64,
    /// What it means, where that is known.
    pub(super) text: Option<BfString>,
}

impl Face<'_> {
    pub(super) fn is_horizontal(&self) -> bool {
        self.font.is_horizontal()
    }

    /// The code that begins at byte `at`, which is in `bytes`.
    pub(super) fn code(&self, bytes: &[u8], at: usize) -> Code {
        let (code, length) = self.font.read_code(bytes, at);
        let width = self.font.code_advance(code).x / 1000.0;
        let text = match self.font.glyph(GlyphId::NOTDEF, code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let text = text.or_else(|| self.is_blank(code).then_some(BfString::Char(' ')));
        Code { code, length: length.max(1), width, text }
    }

    /// Whether a code shows nothing, as a space does.
    fn is_blank(&self, code: u32) -> bool {
        let glyph = self.font.map_code(code);
        match self.font.glyph(glyph, code) {
            FontGlyph::Outline(outline) => {
                glyph != GlyphId::NOTDEF && outline.outline().elements().is_empty()
            }
            FontGlyph::Type3(_) => false,
        }
    }
}
