//! Texts of other records as plain text.

use crate::read::Articles;

/// Makes what is left of a text fit among others of its kind: a line takes no line breaks, a block no blank lines. Texts that were read as such fit already.
pub fn fit_text(articles: Articles, text: &mut Vec<u8>) {
    let lines = || text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let filled = || lines().filter(|line| !line.trim_ascii().is_empty());
    match articles {
        Articles::File => {}
        Articles::Lines if text.contains(&b'\n') => *text = filled().collect::<Vec<_>>().join(&b' '),
        Articles::Blocks if lines().any(|line| line.trim_ascii().is_empty()) => *text = filled().collect::<Vec<_>>().join(&b'\n'),
        Articles::Lines | Articles::Blocks => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_the_form_of_its_neighbours() {
        for (articles, text, expected) in [
            (Articles::File, "a\n\nb", "a\n\nb"),
            (Articles::Lines, "a\r\n \nb\r", "a b"),
            (Articles::Lines, "a\r", "a\r"),
            (Articles::Blocks, "a\n\n\nb\nc", "a\nb\nc"),
            (Articles::Blocks, "a\r\nb\r", "a\r\nb\r"),
        ] {
            let mut fitted = text.as_bytes().to_vec();
            fit_text(articles, &mut fitted);
            assert_eq!(String::from_utf8_lossy(&fitted), expected, "{text:?}");
        }
    }
}
