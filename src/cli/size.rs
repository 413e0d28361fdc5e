//! Sizes as people write them.

/// A number of bytes: `1000`, `64k`, `256M`, `2G` (powers of 1024).
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: write a number of bytes, or one with K, M or G, like 256M");
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match &text[digits.len()..] {
        "" | "B" => 1,
        "k" | "K" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, size) in [
            ("1", Some(1)),
            ("64k", Some(65_536)),
            ("256M", Some(268_435_456)),
            ("2GiB", Some(2_147_483_648)),
            ("", None),
            ("M", None),
            ("1.5G", None),
            ("-1", None),
            ("99999999999G", None),
        ] {
            assert_eq!(parse_size(text).ok(), size, "{text}");
        }
    }
}
