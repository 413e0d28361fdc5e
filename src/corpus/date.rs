//! The day of an article, as its record tells it.

use chrono::{DateTime, NaiveDate};

/// The day that a record's date names, as it stands there: whatever its time and time zone. `None` if none is to be made out.
///
/// Read are `2026-11-25`, `2026/11/25`, `2026.11.25` and `20261125`, whatever follows; `25.11.2026`; `25-Nov-2026`; dates as in mails and feeds (`Wed, 25 Nov 2026 08:00:00 GMT`); and
/// seconds or milliseconds since 1970.
pub fn day_of(date: &str) -> Option<NaiveDate> {
    let date = date.trim();
    let leading = date.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &date[leading..];
    match leading {
        4 => parts(date, rest.chars().next().filter(|c| "-/.".contains(*c))?).and_then(|[y, m, d]| day(y, m, d)),
        8 => day(number(&date[..4])?, number(&date[4..6])?, number(&date[6..8])?),
        9 | 10 if rest.is_empty() => DateTime::from_timestamp(date.parse().ok()?, 0).map(|time| time.date_naive()),
        12 | 13 if rest.is_empty() => DateTime::from_timestamp_millis(date.parse().ok()?).map(|time| time.date_naive()),
        1 | 2 if rest.starts_with('.') => parts(date, '.').and_then(|[d, m, y]| day(y, m, d)),
        1 | 2 if rest.starts_with('-') => NaiveDate::parse_and_remainder(date, "%d-%b-%Y").ok().map(|(day, _)| day),
        _ => DateTime::parse_from_rfc2822(date).ok().map(|time| time.date_naive()),
    }
}

/// The three numbers that a date begins with.
fn parts(date: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = date.splitn(3, separator);
    let mut next = || {
        let part = parts.next()?;
        number(&part[..part.bytes().take_while(u8::is_ascii_digit).count()])
    };
    Some([next()?, next()?, next()?])
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

/// A day of these numbers. Years that no news is of stand for an unknown date.
fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    (1500..3000).contains(&year).then(|| NaiveDate::from_ymd_opt(year as i32, month, day)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_records_have_them() {
        for (date, expected) in [
            ("2026-11-25", "2026-11-25"),
            ("2026-11-25T08:00:00+01:00", "2026-11-25"),
            ("2026-11-25 23:59:59", "2026-11-25"),
            (" 2026/1/5", "2026-01-05"),
            ("20261125", "2026-11-25"),
            ("20261125T080000Z", "2026-11-25"),
            ("25.11.2026, 08:00 Uhr", "2026-11-25"),
            ("25-NOV-2026 15:01:01.79", "2026-11-25"),
            (" 1-Mar-1987", "1987-03-01"),
            ("Wed, 25 Nov 2026 23:00:00 +0100", "2026-11-25"),
            ("25 Nov 2026 08:00:00 GMT", "2026-11-25"),
            ("1795593600", "2026-11-25"),
            ("1795593600000", "2026-11-25"),
        ] {
            assert_eq!(day_of(date).map(|day| day.to_string()).as_deref(), Some(expected), "{date}");
        }
        for date in [
            "",
            "gestern",
            "11/25/2026",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "0001-01-01T00:00:00Z",
            "2026-11",
            "12345",
            "1-13-1987",
        ] {
            assert_eq!(day_of(date), None, "{date}");
        }
    }
}
