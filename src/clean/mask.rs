//! *Whose is it?* E-mail addresses, telephone and account numbers, replaced by words that say only what stood there.
//!
//! The same address is replaced by the same word everywhere, so that texts can still be compared: `[e-mail 3fa94c]` ends in 24 bits of its hash. Nobody reads the address out of it,
//! since many have the same; but who has a guess can check it.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

/// What is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Masked {
    /// An e-mail address.
    Email,
    /// An account number, IBAN (ISO 13616); its check digits are right.
    Iban,
    /// A telephone number.
    Phone,
}

impl Masked {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "e-mail",
            Self::Iban => "iban",
            Self::Phone => "phone",
        }
    }
}

/// Something that was masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Its bytes in the text before.
    pub bytes: Range<usize>,
    /// What it was.
    pub what: Masked,
}

/// A telephone number has at least and at most so many digits.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

fn regexes() -> &'static [(Masked, Regex)] {
    static REGEXES: OnceLock<Vec<(Masked, Regex)>> = OnceLock::new();
    REGEXES.get_or_init(|| {
        let patterns = [
            (Masked::Email, r"[\p{L}\p{N}][\p{L}\p{N}._%+-]*@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}"),
            (Masked::Iban, r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
            // With its country's prefix.
            (Masked::Phone, r"(?:\+|\b00)[1-9]\d{0,2}[ ./-]{0,2}(?:\(0?\d{1,5}\)[ ./-]{0,2})?\d(?:[ ./-]{0,2}\d){4,}"),
            // With a word before it that says so.
            (
                Masked::Phone,
                r"(?i)\b(?:tel|telefon|telefonnummer|fon|phone|call|fax|telefax|handy|mobil|mobile|rufnummer|hotline|tél|téléphone|teléfono|telefono|telefone|telefoon|cellulare|whatsapp)\b[\p{L} .:()-]{0,12}?(?P<number>\(?0?\d(?:[ ./()-]{0,3}\d){4,})",
            ),
            // An area code of its own.
            (Masked::Phone, r"(?:\(0\d{2,5}\)|\b0\d{2,5} ?[/-]) ?\d(?:[ -]?\d){3,}"),
        ];
        patterns.into_iter().map(|(what, pattern)| (what, Regex::new(pattern).expect("the pattern is sound"))).collect()
    })
}

/// What of a text is masked, in order.
pub fn masks(text: &str) -> Vec<Mask> {
    // A fast look: each has an @ or several digits.
    if !text.contains('@') && text.bytes().filter(u8::is_ascii_digit).count() < *PHONE_DIGITS.start() {
        return Vec::new();
    }
    let mut masks: Vec<Mask> = Vec::new();
    for (what, regex) in regexes() {
        for found in regex.captures_iter(text) {
            let bytes = found.name("number").or_else(|| found.get(0)).expect("the whole is always there").range();
            let is_apart = masks.iter().all(|mask| mask.bytes.end <= bytes.start || bytes.end <= mask.bytes.start);
            if is_apart && is_sure(*what, &text[bytes.clone()]) {
                masks.push(Mask { bytes, what: *what });
            }
        }
    }
    masks.sort_by_key(|mask| mask.bytes.start);
    masks
}

/// Whether what looks like it is one.
fn is_sure(what: Masked, text: &str) -> bool {
    match what {
        Masked::Email => true,
        Masked::Iban => has_right_check_digits(text),
        Masked::Phone => PHONE_DIGITS.contains(&text.bytes().filter(u8::is_ascii_digit).count()),
    }
}

/// ISO 7064: the number with its first four characters behind, letters as numbers from 10, leaves 1 when divided by 97.
fn has_right_check_digits(iban: &str) -> bool {
    let compact: String = iban.chars().filter(|c| *c != ' ').collect();
    let (country, account) = compact.split_at(4);
    let digits = account.chars().chain(country.chars()).filter_map(|c| c.to_digit(36));
    digits.fold(0, |rest, digit| (rest * if digit < 10 { 10 } else { 100 } + digit) % 97) == 1
}

/// The text with `masks` in place of what they mask.
pub fn masked(text: &str, masks: &[Mask]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for Mask { bytes, what } in masks {
        masked.push_str(&text[at..bytes.start]);
        let plain: String =
            text[bytes.clone()].chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect();
        masked.push_str(&format!("[{} {:06x}]", what.name(), xxh3_64(plain.as_bytes()) >> 40));
        at = bytes.end;
    }
    masked.push_str(&text[at..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_found_and_other_numbers_are_not() {
        for (text, expected) in [
            ("Schreiben Sie an max.muster@presse.example!", vec![(Masked::Email, "max.muster@presse.example")]),
            (
                "Konto DE89 3704 0044 0532 0130 00, nicht DE88 1704 1144 1532 1130 11.",
                vec![(Masked::Iban, "DE89 3704 0044 0532 0130 00")],
            ),
            ("GB82WEST12345698765432", vec![(Masked::Iban, "GB82WEST12345698765432")]),
            ("Tel.: 06172-44189, Handy 0172 6591380", vec![(Masked::Phone, "06172-44189"), (Masked::Phone, "0172 6591380")]),
            (
                "+49 (0)30 1234-567 oder 0043 1 234 56 78",
                vec![(Masked::Phone, "+49 (0)30 1234-567"), (Masked::Phone, "0043 1 234 56 78")],
            ),
            (
                "Hinweise unter (02203) 494949 oder 0221/4949",
                vec![(Masked::Phone, "(02203) 494949"), (Masked::Phone, "0221/4949")],
            ),
            ("Am 03.02.2026 um 14.30 Uhr, 1.234.567,89 Euro, 2025/2026, 01/02/2026, 10 000 000", vec![]),
            ("ISBN 978-3-16-148410-0, Aktenzeichen 12 O 345/24, 0,5 Prozent, @einmal", vec![]),
        ] {
            let found: Vec<(Masked, &str)> = masks(text).into_iter().map(|mask| (mask.what, &text[mask.bytes])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_same_is_masked_the_same_and_once() {
        let masked = |text: &str| masked(text, &masks(text));
        let (one, other) = (masked("Tel. +49 30 123 4567"), masked("Telefon: +49-30-1234567 a@b.example"));
        let token = |text: &str| text[text.find('[').expect("it is masked")..=text.find(']').expect("it is masked")].to_owned();
        assert_eq!(token(&one), token(&other));
        assert!(token(&one).starts_with("[phone ") && token(&one).len() == 14, "{one}");
        assert_eq!(masks(&other), []);
        assert_ne!(token(&masked("a@b.example")), token(&masked("a@c.example")));
    }
}
