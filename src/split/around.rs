//! What stands around an article on its page: rows of labels (menus, tags, headlines of other articles), and islands of text between them.
//!
//! Only the shape of lines tells, no word of any language. A heading between paragraphs is a label, too, but no row of them; marked lists, and verses whose lines
//! go on in small letters, are none. What is left is looked at again until nothing goes, so that doing it twice is doing it once.

use std::ops::Range;

use super::passage::{Look, is_hard_wrapped};
use super::word::for_each_word;

/// So many labels one after another are a row.
const ROW: usize = 4;
/// A line that ends a sentence is text from so many words on ...
const SENTENCE_WORDS: usize = 6;
/// ... any line is from so many words ...
const TEXT_WORDS: usize = 40;
/// ... or bytes on.
const TEXT_BYTES: usize = 600;
/// A label of so many words, or bytes, may be a headline.
const HEADLINE_WORDS: usize = 5;
const HEADLINE_BYTES: usize = 30;
/// So many of those stay before the first text: headlines, and in a few lines what it is about.
const FIRST_HEADLINES: usize = 5;
/// So many stay before text that comes later.
const LATER_HEADLINES: usize = 2;
/// Fewer words than this between two rows are an island ...
const ISLAND_WORDS: usize = 40;
/// ... if another stretch of text has so many times as many.
const MAINLAND: usize = 5;
/// Where at least one line of so many goes on with a sentence, a row is text that somebody wrapped.
const WRAPPED: usize = 4;
/// Lines that begin so are items of a list, rows of a table, or quotes.
const MARKS: [char; 10] = ['•', '●', '▪', '◦', '‣', '–', '-', '*', '|', '>'];
const ELLIPSES: [&str; 2] = ["…", "..."];

/// Why a line is not of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// It stands in a row of labels.
    Row,
    /// It is little text between two such rows.
    Island,
}

/// Which lines of a text stand around its article. An empty line goes with the line before it.
pub fn around(lines: &[&str]) -> Vec<Option<Around>> {
    let shapes: Vec<Shape> = lines.iter().map(|line| Shape::of(line)).collect();
    let mut around = vec![None; lines.len()];
    loop {
        let left: Vec<usize> = (0..lines.len()).filter(|&nth| around[nth].is_none() && !shapes[nth].look.is_empty()).collect();
        let looks = left.iter().map(|&nth| shapes[nth].look);
        let found = if is_hard_wrapped(looks) { Vec::new() } else { Lines::of(left.iter().map(|&nth| &shapes[nth])).around() };
        if found.is_empty() {
            break;
        }
        found.into_iter().for_each(|(at, why)| around[left[at]] = Some(why));
    }
    for nth in 1..lines.len() {
        if shapes[nth].look.is_empty() {
            around[nth] = around[nth - 1];
        }
    }
    around
}

/// What a line looks like to someone who doesn't read it.
struct Shape<'a> {
    look: Look<'a>,
    n_words: usize,
}

impl<'a> Shape<'a> {
    fn of(line: &'a str) -> Self {
        let look = Look::at(line);
        let mut n_words = 0;
        if look.trimmed.len() < TEXT_BYTES {
            for_each_word(look.trimmed, |_, _| n_words += 1);
        }
        Self { look, n_words }
    }

    fn is_text(&self) -> bool {
        let line = self.look.trimmed;
        let breaks_off = || ELLIPSES.iter().any(|ellipsis| line.ends_with(ellipsis));
        line.len() >= TEXT_BYTES
            || self.n_words >= TEXT_WORDS
            || self.n_words >= SENTENCE_WORDS && self.look.ends_sentence() && !breaks_off()
            || is_marked(line)
    }

    fn may_be_headline(&self) -> bool {
        self.n_words >= HEADLINE_WORDS || self.look.trimmed.len() >= HEADLINE_BYTES
    }

    /// Whether a sentence goes on in it, or in the line after it.
    fn is_of_sentence(&self) -> bool {
        self.look.begins_lower || self.look.trimmed.ends_with([',', '-', '–', '—', '、', '，'])
    }
}

/// Whether a line is an item of a list: it begins with a bullet, or with a number and a full stop or bracket.
fn is_marked(line: &str) -> bool {
    let numbered = line.trim_start_matches('(').trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = numbered.len() < line.len() && numbered.starts_with(['.', ')']) && numbered[1..].starts_with(' ');
    line.starts_with(MARKS) || is_numbered
}

/// The lines of a text that are left, and which of them are text.
struct Lines<'a> {
    shapes: Vec<&'a Shape<'a>>,
    is_text: Vec<bool>,
}

/// Lines of one kind, one after another.
struct Stretch {
    lines: Range<usize>,
    is_text: bool,
    n_words: usize,
}

impl Stretch {
    fn is_row(&self) -> bool {
        !self.is_text && self.lines.len() >= ROW
    }
}

impl<'a> Lines<'a> {
    fn of(shapes: impl Iterator<Item = &'a Shape<'a>>) -> Self {
        let shapes: Vec<&Shape> = shapes.collect();
        let is_text = shapes.iter().map(|shape| shape.is_text()).collect();
        let mut lines = Self { shapes, is_text };
        for row in lines.stretches().into_iter().filter(Stretch::is_row) {
            let n_inner = lines.shapes[row.lines.clone()].iter().filter(|shape| shape.is_of_sentence()).count();
            if n_inner * WRAPPED >= row.lines.len() {
                lines.is_text[row.lines].fill(true);
            }
        }
        lines
    }

    fn stretches(&self) -> Vec<Stretch> {
        let mut start = 0;
        let of_one_kind = self.is_text.chunk_by(|line, next| line == next).map(|stretch| {
            let lines = start..start + stretch.len();
            start = lines.end;
            let n_words = self.shapes[lines.clone()]
                .iter()
                .map(|shape| shape.n_words.max(shape.look.trimmed.len() / TEXT_BYTES * TEXT_WORDS));
            Stretch { is_text: stretch[0], n_words: n_words.sum(), lines }
        });
        of_one_kind.collect()
    }

    /// The lines that stand around the article; none where there is no text.
    fn around(mut self) -> Vec<(usize, Around)> {
        let mut is_island = vec![false; self.is_text.len()];
        for island in self.islands() {
            self.is_text[island.clone()].fill(false);
            is_island[island].fill(true);
        }
        let Some(first_text) = self.is_text.iter().position(|&is_text| is_text) else { return Vec::new() };
        let mut around = Vec::new();
        for Stretch { lines, .. } in self.stretches().into_iter().filter(Stretch::is_row) {
            let mut n_headlines = if lines.end <= first_text { FIRST_HEADLINES } else { LATER_HEADLINES };
            for line in lines.clone().rev() {
                if is_island[line] {
                    around.push((line, Around::Island));
                    continue;
                }
                // What stands right before text may be its heading, however short.
                let is_heading = lines.end < self.is_text.len() && line + 1 == lines.end;
                let is_headline = lines.end < self.is_text.len() && n_headlines > 0 && self.shapes[line].may_be_headline();
                n_headlines -= usize::from(is_headline);
                if !is_heading && !is_headline {
                    around.push((line, Around::Row));
                }
            }
        }
        around
    }

    /// Little text between two rows, or between one and the end.
    fn islands(&self) -> Vec<Range<usize>> {
        let stretches = self.stretches();
        let mainland = stretches.iter().filter(|stretch| stretch.is_text).map(|stretch| stretch.n_words).max().unwrap_or(0);
        let is_island = |nth: &usize| {
            let Stretch { is_text, n_words, .. } = stretches[*nth];
            let is_after_row = *nth > 0 && stretches[*nth - 1].is_row();
            let is_before_row = stretches.get(*nth + 1).is_none_or(Stretch::is_row);
            is_text && n_words < ISLAND_WORDS && n_words * MAINLAND <= mainland && is_after_row && is_before_row
        };
        (0..stretches.len()).filter(is_island).map(|nth| stretches[nth].lines.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lines of a text with a sign before each: `-` for a row, `~` for an island.
    fn told(text: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let sign = |around| match around {
            None => "",
            Some(Around::Row) => "-",
            Some(Around::Island) => "~",
        };
        lines.iter().zip(around(&lines)).map(|(line, around)| format!("{}{line}\n", sign(around))).collect()
    }

    /// What is left of a text.
    fn article(text: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let left = lines.iter().zip(around(&lines)).filter(|(_, around)| around.is_none());
        left.map(|(line, _)| format!("{line}\n")).collect()
    }

    const TEXT: &str = "Der Kreistag hat am Montag beschlossen, die alte Schule am Markt umzubauen.\nDie Arbeiten beginnen im Herbst und dauern zwei Jahre.\n";

    #[test]
    fn rows_of_labels_go_and_what_may_be_a_heading_stays() {
        let page = format!(
            "Start\nSport\nKultur\nAnzeigen\nDie alte Schule wird umgebaut\nVon Ina Maier\n{TEXT}Start\n\nE-Paper\nAbo\nKontakt\nImpressum\n"
        );
        let expected = format!(
            "-Start\n-Sport\n-Kultur\n-Anzeigen\nDie alte Schule wird umgebaut\nVon Ina Maier\n{TEXT}-Start\n-\n-E-Paper\n-Abo\n-Kontakt\n-Impressum\n"
        );
        assert_eq!(told(&page), expected);
        // Fewer labels than a row, and headings between paragraphs, stand in many articles.
        for text in
            [format!("Politik\nSchule\n{TEXT}Zeitplan\n{TEXT}Ina Maier\nRedaktion\ndpa\n"), TEXT.to_owned(), String::new()]
        {
            assert_eq!(told(&text), text);
        }
    }

    #[test]
    fn headlines_of_other_articles_go_but_those_that_stand_right_before_text() {
        let others = "Fähre fährt wieder nach Plan ab Montag\nNeue Linden für den Platz am Rathaus\nFreibad öffnet erst im Juni, sagt der Rat\n";
        let page = format!("{TEXT}Lesen Sie auch\n{others}Mehr\n{TEXT}{others}Mehr\n");
        let [ferry, trees, pool] = others.lines().collect::<Vec<_>>()[..] else { unreachable!("they are three") };
        let expected =
            format!("{TEXT}-Lesen Sie auch\n-{ferry}\n{trees}\n{pool}\nMehr\n{TEXT}-{ferry}\n-{trees}\n-{pool}\n-Mehr\n");
        assert_eq!(told(&page), expected);
    }

    #[test]
    fn little_text_between_two_rows_is_an_island() {
        let menu = "Start\nSport\nKultur\nAbo\n";
        let notice = "Diese Seite nutzt Dienste von anderen, die dabei etwas erfahren.\n";
        let page = format!("{}{menu}{notice}{menu}", TEXT.repeat(4));
        assert_eq!(
            told(&page),
            format!("{}-Start\n-Sport\n-Kultur\n-Abo\n~{notice}-Start\n-Sport\n-Kultur\n-Abo\n", TEXT.repeat(4))
        );
        // A page of which nothing else would be left is a short article.
        assert!(told(&format!("{menu}{notice}{menu}")).contains(&format!("Abo\n{notice}-Start")));
    }

    #[test]
    fn lists_verses_wrapped_text_and_pages_of_labels_alone_stay() {
        for text in [
            format!("{TEXT}- Mehl\n- Butter\n- Zucker\n- Eier\n- Salz\n{TEXT}"),
            format!("{TEXT}1. Ulm\n2. Mainz\n3. Kiel\n4. Trier\n5. Fürth\n"),
            format!("{TEXT}Das Wasser rauscht,\nund niemand lauscht,\nes steht der Wald,\nschwarz und kalt\n"),
            format!(
                "{TEXT}Der Rat hat am Abend in langer\nSitzung über den neuen Haushalt\nberaten und ihn dann mit großer\nMehrheit beschlossen\n"
            ),
            "Ulm\nMainz\nKiel\nTrier\nFürth\n".to_owned(),
        ] {
            assert_eq!(told(&text), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_left_is_left_the_second_time(text in "((Start|Das neue Haus am alten Fluss|nah|Abo,|- Ei|Er kam spät und ging früh am Tag\\.|Sie sang den ganzen Tag lang laut im Chor mit den anderen und am Abend wieder\\.|)\n){0,40}") {
            let once = article(&text);
            prop_assert_eq!(article(&once), once);
        }

        #[test]
        fn some_text_stays_where_there_was_some(text in "((Start|Das neue Haus am alten Fluss|Er kam spät und ging früh am Tag\\.)\n){1,30}") {
            let sentence = "Er kam spät";
            prop_assert_eq!(article(&text).contains(sentence), text.contains(sentence));
            prop_assert!(text.contains(sentence) || article(&text) == text);
        }
    }
}
