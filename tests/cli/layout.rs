//! What scrapers do to a text without saying anything else: other line breaks, other characters, the same words.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A text as another paper, another scraper or another editor would lay it out.
pub(crate) type Layout = fn(&str) -> String;

/// All layouts, with their names.
pub(crate) const LAYOUTS: [(&str, Layout); 14] = [
    ("as it was", str::to_owned),
    ("hard-wrapped at 72", |text| fold(text, 72)),
    ("hard-wrapped at 50", |text| fold(text, 50)),
    ("on one line", flat),
    ("with CR LF", |text| text.replace('\n', "\r\n")),
    ("with empty lines between", |text| text.replace('\n', "\n\n")),
    ("a line each sentence", |text| text.replace(". ", ".\n")),
    ("decomposed", decomposed),
    ("with curly quotes", curly),
    ("with straight quotes", straight),
    ("in upper case", |text| text.to_uppercase()),
    ("with soft hyphens", soft_hyphens),
    ("with no-break spaces", |text| text.replace(' ', "\u{A0}")),
    ("with a byte order mark and odd spaces", |text| format!("\u{FEFF}{}", text.replace(' ', " \u{2009}"))),
];

/// Each line broken at spaces, so that none has more than `width` characters where that can be helped: `fold -s -w`.
pub(crate) fn fold(text: &str, width: usize) -> String {
    text.split('\n').map(|line| fold_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn fold_line(line: &str, width: usize) -> String {
    let mut folded = String::new();
    let mut len = 0;
    for token in line.split_inclusive(' ') {
        let token_len = token.chars().count();
        if len > 0 && len + token_len > width {
            folded.push('\n');
            len = 0;
        }
        folded.push_str(token);
        len += token_len;
    }
    folded
}

pub(crate) fn flat(text: &str) -> String {
    text.replace('\n', " ")
}

pub(crate) fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

fn curly(text: &str) -> String {
    let mut is_open = false;
    let quote = |c: char| match c {
        '"' | '„' | '“' | '”' => {
            is_open = !is_open;
            if is_open { '“' } else { '”' }
        }
        '\'' => '’',
        c => c,
    };
    text.chars().map(quote).collect()
}

fn straight(text: &str) -> String {
    text.replace(['„', '“', '”', '«', '»'], "\"").replace(['’', '‘'], "'")
}

/// A soft hyphen in the middle of every longer word.
fn soft_hyphens(text: &str) -> String {
    let hyphenated = |token: &str| {
        let chars: Vec<char> = token.chars().collect();
        let middle = chars.len() / 2;
        let is_word = chars.len() > 5 && chars.iter().all(|c| c.is_alphabetic());
        let pieces = [&chars[..middle], &chars[middle..]].map(|piece| piece.iter().collect::<String>());
        pieces.join(if is_word { "\u{AD}" } else { "" })
    };
    text.split_inclusive([' ', '\n'])
        .map(|token| {
            let word = token.trim_end();
            format!("{}{}", hyphenated(word), &token[word.len()..])
        })
        .collect()
}
