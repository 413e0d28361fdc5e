//! News agencies, as bylines and datelines name them.

use super::char_floor;

/// Agencies, and how texts name them: names that are words of no language stand anywhere near a text's ends; short ones only in brackets, with a stroke or before a dash.
pub(super) const AGENCIES: &[(&str, &[&str])] = &[
    ("AAP", &["AAP"]),
    ("AFP", &["AFP", "Agence France-Presse"]),
    ("AP", &["AP", "Associated Press"]),
    ("ANSA", &["ANSA"]),
    ("APA", &["APA"]),
    ("Belga", &["Belga", "BELGA"]),
    ("Bloomberg", &["Bloomberg"]),
    ("CTK", &["ČTK", "CTK"]),
    ("dpa", &["dpa", "DPA", "dpa-AFX"]),
    ("dts", &["dts"]),
    ("EFE", &["EFE"]),
    ("epd", &["epd"]),
    ("IANS", &["IANS"]),
    ("Interfax", &["Interfax", "Интерфакс"]),
    ("KNA", &["KNA"]),
    ("Kyodo", &["Kyodo"]),
    ("Lusa", &["Lusa", "LUSA"]),
    ("ots", &["ots", "news aktuell"]),
    ("PAP", &["PAP"]),
    ("PTI", &["PTI"]),
    ("Reuters", &["Reuters", "REUTERS", "rtr"]),
    ("Ritzau", &["Ritzau", "ritzau"]),
    ("SID", &["SID"]),
    ("TASS", &["TASS", "ТАСС"]),
    ("UPI", &["UPI"]),
    ("Xinhua", &["Xinhua"]),
];

/// Agencies are looked for in so many bytes at a text's beginning and end.
const AT_START: usize = 400;
const AT_END: usize = 250;

/// The agencies that a text names near its ends, by number, in order.
pub(super) fn agencies_in(text: &str) -> Vec<usize> {
    let start = &text[..char_floor(text, AT_START)];
    let end = &text[char_floor(text, text.len().saturating_sub(AT_END)).max(start.len())..];
    let is_named = |names: &[&str]| names.iter().any(|name| stands_in(start, name) || stands_in(end, name));
    AGENCIES.iter().enumerate().filter(|(_, (_, names))| is_named(names)).map(|(nth, _)| nth).collect()
}

fn stands_in(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let is_word = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        // A long name is none by chance.
        is_word && (name.chars().count() > 5 || is_marked(before, after))
    })
}

/// Whether it stands as a byline does: `(dpa)`, `dpa/AFP`, `(Reuters) -`, `BERLIN, AP -`.
fn is_marked(before: &str, after: &str) -> bool {
    let opens = before.ends_with(['(', '[', '/']);
    let closes = after.starts_with([')', ']', '/']);
    let dash = after.trim_start_matches([' ', '\u{a0}']);
    opens || closes || dash.starts_with(['–', '—']) || dash.starts_with("- ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_found_where_they_are_meant() {
        for (text, expected) in [
            ("Berlin (dpa) - Der Bundestag hat beschlossen.", &["dpa"][..]),
            ("Der Bundestag hat beschlossen. (dpa/AFP)", &["AFP", "dpa"]),
            ("LONDON (Reuters) - Shares fell.", &["Reuters"]),
            ("PARIS, AP — The minister said.", &["AP"]),
            ("Die AP nutzt viele.", &[]),
            ("He put it in the lapdog's dpalist.", &[]),
            ("This report is by Agence France-Presse", &["AFP"]),
            ("МОСКВА /ТАСС/. Совет", &["TASS"]),
            ("", &[]),
        ] {
            let found: Vec<&str> = agencies_in(text).into_iter().map(|nth| AGENCIES[nth].0).collect();
            assert_eq!(found, expected, "{text}");
        }
        let long = format!("{} (dpa) {}", "ä".repeat(500), "ö".repeat(500));
        assert!(agencies_in(&long).is_empty(), "in the middle of a text nobody signs");
    }
}
