//! Text to words: where they stand in the text, and what they are compared by.

use std::collections::HashMap;
use std::ops::Range;

use icu_casemap::CaseMapper;
use icu_normalizer::properties::{CanonicalCombiningClassMapBorrowed, CanonicalCompositionBorrowed};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_segmentation::UnicodeSegmentation;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Its matching form, as a number of `Forms`.
    pub(super) form: u32,
    /// Where it stands in the text as given.
    pub(super) bytes: Range<usize>,
    pub(super) has_digit: bool,
    pub(super) n_letters: usize,
    pub(super) is_capital: bool,
    /// It has no letter, and its neighbours, white space aside, are `[` and `]`.
    pub(super) lone_in_brackets: bool,
}

/// Every matching form met so far, and its number. Equal numbers are equal forms.
#[derive(Debug, Default)]
pub(super) struct Forms {
    numbers: HashMap<String, u32>,
}

impl Forms {
    pub(super) fn number(&mut self, word: &str) -> u32 {
        let next = u32::try_from(self.numbers.len()).expect("no corpus holds 2^32 different words");
        *self.numbers.entry(matching_form(word)).or_insert(next)
    }
}

/// > Its **matching form** is its NFKC case fold with the apostrophes `'` `’` `‘` `ʼ` made one.
pub(super) fn matching_form(word: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let case = CaseMapper::new();
    let mut form = nfkc.normalize(word).into_owned();
    // Once is not enough: a folded character may decompose to one that folds again.
    for _ in 0..2 {
        form = nfkc.normalize(&case.fold_string(&form)).into_owned();
    }
    form.replace(['’', '‘', 'ʼ'], "'")
}

/// > A **word** is a UAX #29 word that holds a letter or digit (`char::is_alphanumeric`).
pub(super) fn words(text: &str, forms: &mut Forms) -> Vec<Word> {
    let glyphs = glyphs(text);
    let seen: String = glyphs.iter().map(|glyph| glyph.char).collect();
    let mut words = Vec::new();
    let mut first = 0;
    for segment in seen.split_word_bounds() {
        let last = first + segment.chars().count();
        if segment.chars().any(char::is_alphanumeric) {
            let own = &glyphs[first..last];
            words.push(Word {
                form: forms.number(segment),
                bytes: hull(own.iter().map(|glyph| &glyph.bytes)),
                n_letters: segment.chars().filter(|char| char.is_alphabetic()).count(),
                is_capital: segment.starts_with(char::is_uppercase),
                has_digit: segment.chars().any(char::is_numeric),
                lone_in_brackets: !segment.chars().any(char::is_alphabetic)
                    && is_neighbour(glyphs[..first].iter().rev(), '[')
                    && is_neighbour(glyphs[last..].iter(), ']'),
            });
        }
        first = last;
    }
    words
}

/// Whether nothing but white space, commas and full stops stands there.
pub(super) fn joins(between: &str) -> bool {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    between.chars().all(|char| char.is_whitespace() || ignorable.contains(char) || char == ',' || char == '.')
}

/// Whether the first of these glyphs that is not white space is this one.
fn is_neighbour<'a>(mut glyphs: impl Iterator<Item = &'a Glyph>, bracket: char) -> bool {
    glyphs.find(|glyph| !glyph.char.is_whitespace()).is_some_and(|glyph| glyph.char == bracket)
}

/// A character as the word splitter sees it, and the bytes of the given text that it stands for.
#[derive(Debug, Clone)]
struct Glyph {
    char: char,
    bytes: Range<usize>,
}

/// > Words are found in it after Unicode normalization form C and without default-ignorable
/// > characters [...]; U+200B counts as a space.
fn glyphs(text: &str) -> Vec<Glyph> {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let mut glyphs = nfc(text);
    for glyph in &mut glyphs {
        if glyph.char == '\u{200B}' {
            glyph.char = ' ';
        }
    }
    glyphs.retain(|glyph| !ignorable.contains(glyph.char));
    glyphs
}

/// Normalization form C, character by character, so that each result knows the bytes it came from.
fn nfc(text: &str) -> Vec<Glyph> {
    let given = text.char_indices().map(|(at, char)| Glyph { char, bytes: at..at + char.len_utf8() });
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    if nfc.is_normalized(text) {
        return given.collect();
    }
    let glyphs = compose(decompose(given));
    let composed: String = glyphs.iter().map(|glyph| glyph.char).collect();
    assert_eq!(composed, nfc.normalize(text), "both ways to NFC agree");
    glyphs
}

/// Canonical decomposition with canonical order (Unicode, section 3.11).
fn decompose(given: impl Iterator<Item = Glyph>) -> Vec<Glyph> {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let mut glyphs = Vec::new();
    for Glyph { char, bytes } in given {
        for piece in nfd.normalize(char.encode_utf8(&mut [0; 4])).chars() {
            glyphs.push(Glyph { char: piece, bytes: bytes.clone() });
        }
    }
    for marks in glyphs.chunk_by_mut(|a, b| class(a) != 0 && class(b) != 0) {
        marks.sort_by_key(class); // stable
    }
    glyphs
}

/// Canonical composition: a character joins the last starter unless something between the two
/// blocks it.
fn compose(decomposed: Vec<Glyph>) -> Vec<Glyph> {
    let pairs = CanonicalCompositionBorrowed::new();
    let mut glyphs: Vec<Glyph> = Vec::new();
    let mut starter: Option<usize> = None;
    for glyph in decomposed {
        if let Some(starter) = starter {
            let is_next = starter + 1 == glyphs.len();
            let is_blocked = !is_next && glyphs.last().is_some_and(|g| class(g) >= class(&glyph));
            let pair = pairs.compose(glyphs[starter].char, glyph.char);
            if let (false, Some(char)) = (is_blocked, pair) {
                let bytes = hull([&glyphs[starter].bytes, &glyph.bytes].into_iter());
                glyphs[starter] = Glyph { char, bytes };
                continue;
            }
        }
        if class(&glyph) == 0 {
            starter = Some(glyphs.len());
        }
        glyphs.push(glyph);
    }
    glyphs
}

/// The canonical combining class.
fn class(glyph: &Glyph) -> u8 {
    CanonicalCombiningClassMapBorrowed::new().get_u8(glyph.char)
}

/// The smallest range that holds them all.
fn hull<'a>(ranges: impl Iterator<Item = &'a Range<usize>>) -> Range<usize> {
    ranges.cloned().reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).expect("a word has characters")
}
