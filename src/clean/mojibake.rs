//! Mojibake: UTF-8 that was read as Windows-1252, -1250 or -1251 (or Latin-1), once or several times. `GrÃ¼ÃŸe` becomes `Grüße` again.
//!
//! Line by line, a character that such a misreading makes of the first byte of a UTF-8 sequence, and those it makes of the others, are put together again where no author
//! would write them so. `É’s` could come of such bytes too, but is good text: a sequence counts as sure only by signs that good text doesn't have
//! (a symbol inside a word, a capital after a small letter); the others of a line are believed where nearly all of the line reads that way. The idea is ftfy's (R. Speer,
//! <https://ftfy.readthedocs.io>), whose Rust port would cost more build time than the rest of the cleaning together.

use std::borrow::Cow;
use std::sync::OnceLock;

use encoding_rs::{Encoding, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

/// What UTF-8 is mistaken for, the most frequent first.
const CHARSETS: [&Encoding; 3] = [WINDOWS_1252, WINDOWS_1250, WINDOWS_1251];

/// All characters that bytes stand for in these are below.
const END: usize = 0x2123;

/// So many characters stand for one at most.
const LONGEST: usize = 4;

/// Of a line, at most one character in so many may not belong to a sequence, if all of its sequences are to be believed.
const MOST_OTHERS: usize = 8;

pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let mut repaired = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut line = Cow::Borrowed(line);
        // Each round makes the line shorter.
        while let Some(shorter) = repaired_line(&line) {
            line = Cow::Owned(shorter);
        }
        push_without_controls(&line, &mut repaired);
    }
    if repaired == text { Cow::Borrowed(text) } else { Cow::Owned(repaired) }
}

/// The bytes that characters stand for, by character and charset; 0: none.
fn bytes_of(c: char) -> [u8; CHARSETS.len()] {
    static TABLE: OnceLock<Vec<[u8; CHARSETS.len()]>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = vec![[0; CHARSETS.len()]; END];
        for (nth, charset) in CHARSETS.iter().enumerate() {
            for byte in 0x80..=0xFF_u8 {
                // Control characters are what Latin-1 makes of them.
                if byte < 0xA0 {
                    table[usize::from(byte)][nth] = byte;
                }
                if let Some(c) = charset.decode_without_bom_handling(&[byte]).0.chars().next().filter(|&c| (c as usize) < END) {
                    table[c as usize][nth] = byte;
                }
            }
        }
        table
    });
    table.get(c as usize).copied().unwrap_or_default()
}

/// Whether a control character begins here, or the second character of a sequence that is mojibake for sure.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[at] >= 0xC2 && is_suspicious(bytes, at) && is_sure_at(text, at)
}

/// Whether the character that begins at `at` is a control character, or the second of a sequence that is mojibake for sure.
fn is_sure_at(text: &str, at: usize) -> bool {
    if text[at..].starts_with(|c| matches!(c, '\u{80}'..='\u{9F}')) {
        return true;
    }
    let first = at - 2;
    let before = text[..first].chars().next_back();
    let around: Vec<char> = before.into_iter().chain(text[first..].chars().take(LONGEST + 1)).collect();
    let nth = usize::from(before.is_some());
    (0..CHARSETS.len()).any(|charset| sequence(&around, nth, charset).is_some_and(|sequence| sequence.is_sure))
}

/// Whether a character that begins at `at` may go on with a sequence that the one before it begins, or is a control character.
fn is_suspicious(bytes: &[u8], at: usize) -> bool {
    let follows = match (bytes[at], bytes.get(at + 1)) {
        (0xC2, Some(0x80..=0x9F)) => return true,
        // The letters of the Russian alphabet stand for no bytes of this kind.
        (0xD0, Some(0x90..)) | (0xD1, Some(..0x90)) => false,
        (0xC2..=0xC6 | 0xCB | 0xD0..=0xD2 | 0xE2, _) => true,
        _ => false,
    };
    follows && at >= 2 && matches!(bytes[at - 2], 0xC3..=0xC5 | 0xD0 | 0xD1) && bytes[at - 1] >= 0x80
}

/// A sequence of characters in a line that stands for one.
struct Sequence {
    /// Its first character, counted in the line, and how many there are.
    first: usize,
    len: usize,
    meant: char,
    /// Whether no author would write these characters so.
    is_sure: bool,
}

/// The line, if it has anything to repair, after one round.
fn repaired_line(line: &str) -> Option<String> {
    if !line.char_indices().any(|(at, _)| is_suspect(line, at)) {
        return None;
    }
    let chars: Vec<char> = line.chars().collect();
    let by_charset = (0..CHARSETS.len()).filter_map(|charset| believed(&chars, charset));
    let sequences = by_charset.rev().max_by_key(Vec::len)?;
    let mut repaired = String::with_capacity(line.len());
    let mut at = 0;
    for Sequence { first, len, meant, .. } in sequences {
        repaired.extend(&chars[at..first]);
        repaired.push(meant);
        at = first + len;
    }
    repaired.extend(&chars[at..]);
    Some(repaired)
}

/// The sequences of a line that are mojibake for sure, if it was read in this charset.
fn believed(chars: &[char], charset: usize) -> Option<Vec<Sequence>> {
    let mut sequences = Vec::new();
    let (mut n_others, mut at) = (0, 0);
    while at < chars.len() {
        if chars[at].is_ascii() {
            at += 1;
            continue;
        }
        match sequence(chars, at, charset) {
            Some(sequence) => {
                at += sequence.len;
                sequences.push(sequence);
            }
            None => {
                n_others += 1;
                at += 1;
            }
        }
    }
    if n_others * MOST_OTHERS > sequences.len() || !sequences.iter().any(|sequence| sequence.is_sure) {
        sequences.retain(|sequence| sequence.is_sure);
    }
    Some(sequences).filter(|sequences| !sequences.is_empty())
}

/// The sequence that begins with a character.
fn sequence(chars: &[char], first: usize, charset: usize) -> Option<Sequence> {
    let byte = |at: usize| chars.get(at).map_or(0, |&c| bytes_of(c)[charset]);
    let len = match byte(first) {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let bytes: Vec<u8> = (first..first + len).map(byte).collect();
    let meant = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    if !is_plausible(meant) {
        return None;
    }
    let before = first.checked_sub(1).map(|before| chars[before]);
    let after = chars.get(first + len).copied();
    Some(Sequence { first, len, meant, is_sure: is_sure(&chars[first..first + len], before, after) })
}

/// Whether a character is one that texts hold, or mojibake does. Phonetic letters and rare accents are what good text, misread, often seems to stand for.
fn is_plausible(c: char) -> bool {
    let is_used = matches!(c, 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'Ș'..='ț' | 'ə') || bytes_of(c) != [0; CHARSETS.len()];
    !matches!(c, '\u{180}'..='\u{2FF}' | '\u{E000}'..='\u{F8FF}') || is_used
}

/// Whether no author would write these characters so.
fn is_sure(chars: &[char], before: Option<char>, after: Option<char>) -> bool {
    let (lead, rest) = (chars[0], &chars[1..]);
    let is_small = |c: Option<char>| c.is_some_and(char::is_lowercase);
    let has_symbol = rest.iter().any(|&c| is_inner_symbol(c));
    let is_dash_or_quote = matches!((lead, rest[0]), ('â', '€' | '\u{80}') | ('в', 'Ђ'));
    let is_capital_inside = lead.is_uppercase() && is_small(before);
    let is_rare_lead = matches!(lead, 'Ã' | 'Â' | 'Ĺ' | 'Ă');
    let ends_a_word = |c: char| matches!(c, '»' | '”' | '“' | '’' | '–' | '—' | '…' | '›' | '\u{A0}');
    let is_rare_pair = is_rare_lead && (!ends_a_word(rest[0]) || is_small(after));
    let is_lone_lead = matches!(lead, 'Ã' | 'Â') && !before.is_some_and(char::is_alphabetic) && !rest[0].is_alphabetic();
    has_symbol || is_dash_or_quote || is_capital_inside || is_rare_pair || is_lone_lead
}

/// Symbols that follow no letter. Control characters may: they are quotes, where Windows-1252 was read as Latin-1.
fn is_inner_symbol(c: char) -> bool {
    matches!(
        c,
        '¡'..='§' | '¨' | '¬' | '¯' | '±' | 'µ' | '¶' | '¸' | '¼'..='¿' | 'ƒ' | 'ˆ' | '˜' | '†' | '‡' | '‰'
    )
}

/// Control characters that are left were meant as what Windows-1252 has at their place: no text holds any.
fn push_without_controls(line: &str, repaired: &mut String) {
    if !line.contains(|c| matches!(c, '\u{80}'..='\u{9F}')) {
        return repaired.push_str(line);
    }
    let meant = |c: char| match c {
        '\u{80}'..='\u{9F}' => WINDOWS_1252.decode_without_bom_handling(&[c as u8]).0.chars().next().filter(|&c| c as u32 > 0x9F),
        c => Some(c),
    };
    repaired.extend(line.chars().filter_map(meant));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A text as it looks after one misreading.
    fn misread(text: &str, charset: usize) -> String {
        CHARSETS[charset].decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    const SOUND: [(&str, usize); 7] = [
        ("Der Müller aus Köln aß „große“ Äpfel – für 5 €, und Öl.", 0),
        ("L’été à Besançon : « Où êtes-vous ? » – ça coûte 3 €…", 0),
        ("Señor Muñoz, ¿cómo está? Él vivió en Perú.", 0),
        ("Wiązowna: „Chrząszcz brzmi w trzcinie”, mówił ktoś. Żółć, źdźbło, łódź – Świat!", 1),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy.", 1),
        ("Съешь же ещё этих мягких «французских» булок, да выпей чаю — всё.", 2),
        ("Ελληνικά και 中文, עברית", 0),
    ];

    #[test]
    fn what_was_misread_once_or_twice_comes_back() {
        for (text, charset) in SOUND {
            let once = misread(text, charset);
            let twice = misread(&once, charset);
            assert!(once != text && twice != once);
            assert_eq!(repaired(&once), text);
            assert_eq!(repaired(&twice), text);
            assert!(matches!(repaired(text), Cow::Borrowed(_)), "{text} stays as it is");
        }
        for (text, expected) in [
            ("Die GrÃ¼nen und „Grüne“ in einer Zeile: 25Â°C", "Die Grünen und „Grüne“ in einer Zeile: 25°C"),
            ("itâ€™s a dÃ©jÃ  vu", "it’s a déjÃ  vu"),
            ("Ã–sterreich", "Österreich"),
            ("a\u{96}b\u{85} \u{84}Süß\u{93}", "a–b… „Süß“"),
            ("GrÃ\u{9C}ÃŸe, Ã\u{84}", "GrÜße, Ä"),
            ("Erste Zeile\nzweite fÃ¼r sich\n", "Erste Zeile\nzweite für sich\n"),
        ] {
            assert_eq!(repaired(text), expected);
        }
    }

    #[test]
    fn good_text_that_looks_like_it_stays() {
        for text in [
            "Das CAFÉ’s und der „CAFÉ“–Besitzer, das CAFÉ’s",
            "IRMÃ” disse, AMANHû, NÃO–PAGA",
            "CITROË™ ROUGÉ® É»",
            "США», СЁ и ВСЁ, Сёстры, «СССР»",
            "Ââ TÜV²",
            "Å” sa han, BLÅ’s, RÅ–VARE",
            "A„B“ Ж– Я…",
        ] {
            assert_eq!(repaired(text), text);
        }
    }

    proptest! {
        #[test]
        fn the_fast_look_misses_nothing(text in "[aÃÂâäÄÉ€“™¼\u{80}\u{9F}РСвЂёĹ‚]{0,12}") {
            let chars: Vec<char> = text.chars().collect();
            let holds_any = (0..CHARSETS.len()).any(|charset| believed(&chars, charset).is_some());
            prop_assert!(!holds_any || text.char_indices().any(|(at, _)| is_suspect(&text, at)));
        }
    }
}
