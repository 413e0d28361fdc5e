//! Small cases, worked out by hand.
//!
//! Their words are three letters long (`w('x', 0..3)` is `Xaa xab xac`), so n words of one line are
//! 4n - 1 bytes.

use std::ops::Range;

use super::words::{Forms, matching_form, words};
use super::{Cover, Outcome, Rules, Span, Updates, judge_all, text};

/// Words of one letter. The first is capitalized, so that a line of them begins no less than a
/// sentence would.
fn w(letter: char, numbers: Range<u8>) -> String {
    let word = |n: u8| {
        let [tens, ones] = [n / 26, n % 26].map(|n| (b'a' + n) as char);
        format!("{letter}{tens}{ones}")
    };
    let mut words = numbers.map(word).collect::<Vec<_>>().join(" ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn small() -> Rules {
    Rules { min_run: 5, min_cut: Some(6), ..Rules::default() }
}

fn judge(texts: &[&str], rules: &Rules) -> Vec<Outcome> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    judge_all(&texts, rules)
}

/// What becomes of the last of these.
fn last(texts: &[&str], rules: &Rules) -> Outcome {
    judge(texts, rules).pop().expect("a case has texts")
}

/// `covers`: record, first, at, n.
fn span(
    bytes: (usize, usize),
    reason: &'static str,
    (covered, words): (usize, usize),
    covers: &[(usize, usize, usize, usize)],
    lost: &[(usize, usize)],
) -> Span {
    let cover = |&(record, first, at, n)| Cover { record, first, at, n };
    Span { bytes, reason, covered, words, covers: covers.iter().map(cover).collect(), lost: lost.to_vec() }
}

fn stays(output: &str, spans: &[Span]) -> Outcome {
    Outcome { output: Some(output.to_owned()), update_of: None, spans: spans.to_vec() }
}

fn goes(span: Span) -> Outcome {
    Outcome { output: None, update_of: None, spans: vec![span] }
}

// Verdict 1.

#[test]
fn what_nothing_covers_stays() {
    let (x, k) = (w('x', 0..20), w('k', 0..20));
    let outcomes = judge(&[&x, &k, "", "***\n\n", "***\n\n"], &small());
    let as_they_were = [&x, &k, "", "***\n\n", "***\n\n"].map(|text| stays(text, &[]));
    assert_eq!(outcomes, as_they_were);
}

#[test]
fn a_copy_goes_whole_and_layout_hides_none() {
    let x = w('x', 0..20);
    let copy = span((0, 79), "copy", (20, 20), &[(0, 0, 0, 20)], &[]);
    assert_eq!(last(&[&x, &x], &small()), goes(copy.clone()));
    let other_layout = x.to_uppercase().replacen(' ', "\n", 9);
    assert_eq!(last(&[&x, &other_layout], &small()), goes(copy));
}

#[test]
fn a_near_copy_goes_and_lists_what_is_lost() {
    let x = w('x', 0..20);
    let near = x.replace("xah", "zzz");
    // Words 0 to 6 and 8 to 19 stand in runs of 5 or more; word 7 has bytes 28..31.
    let covers = [(0, 0, 0, 7), (0, 8, 8, 12)];
    let copy = span((0, 79), "copy", (19, 20), &covers, &[(28, 31)]);
    assert_eq!(last(&[&x, &near], &small()), goes(copy));
    // Two more: only the last 9 words stand in a run of 5, and 9 of 20 is under 4/5.
    let far = near.replace("xak", "zzz").replace("xad", "zzz");
    assert_eq!(last(&[&x, &far], &small()), stays(&far, &[]));
}

#[test]
fn a_changed_fact_makes_an_update() {
    let [old, new] = ["1998", "1999"].map(|year| w('x', 0..30).replace("xap", year));
    let covers = [(0, 0, 0, 15), (0, 16, 16, 14)];
    let entry = |reason| span((0, 120), reason, (29, 30), &covers, &[(60, 64)]);
    let update = Outcome { update_of: Some(0), ..stays(&new, &[entry("update")]) };
    assert_eq!(last(&[&old, &new], &small()), update);

    let dropped = Rules { updates: Updates::Drop, ..small() };
    assert_eq!(last(&[&old, &new], &dropped), goes(entry("copy")));
    let facts_off = Rules { facts: false, ..small() };
    assert_eq!(last(&[&old, &new], &facts_off), goes(entry("copy")));
}

#[test]
fn some_numbers_are_no_facts() {
    let is_copy = |text: &str, changed: &str| last(&[text, changed], &small()).output.is_none();
    let number = |words: Range<u8>, at: &str, as_what: &str| w('x', words).replace(at, as_what);
    let x = w('x', 0..30);
    // Word 10 of a first passage of 30 words counts.
    assert!(!is_copy(&x, &number(0..30, "xak", "77")));
    // Word 9 does not, nor any in a first passage of 29, nor a lone number in square brackets.
    assert!(is_copy(&x, &number(0..30, "xaj", "77")));
    assert!(is_copy(&x, &number(0..29, "xak", "77")));
    assert!(is_copy(&x, &number(0..30, "xak", "[ 77 ]")));
    assert!(!is_copy(&x, &number(0..30, "xak", "[77a]")));
    assert!(!is_copy(&x, &number(0..30, "xak", "(77)")));
    // Of the passages with words, word 8 of the third does not count, of the fourth it does.
    let lines = [w('x', 0..30), w('k', 0..30), w('q', 0..30), w('z', 0..30)].join("\n\n");
    assert!(is_copy(&lines, &lines.replace("qai", "77")));
    assert!(!is_copy(&lines, &lines.replace("zai", "77")));
}

#[test]
fn forty_new_words_make_an_update() {
    let x = w('x', 0..200);
    let text = |n| format!("{x}\n{}", w('k', 0..n));
    assert_eq!(last(&[&x, &text(39)], &small()).output, None);

    let update = span((0, 959), "update", (200, 240), &[(0, 0, 0, 200)], &[(800, 959)]);
    let whole = last(&[&x, &text(40)], &small());
    assert_eq!(whole.update_of, Some(0));
    assert_eq!(whole.output, Some(text(40)));
    assert_eq!(whole.spans, std::slice::from_ref(&update));

    let cut = Rules { updates: Updates::Cut, ..small() };
    let passage = span((0, 800), "passage", (200, 200), &[(0, 0, 0, 200)], &[]);
    let outcome = Outcome { update_of: Some(0), ..stays(&w('k', 0..40), &[update, passage]) };
    assert_eq!(last(&[&x, &text(40)], &cut), outcome);
}

#[test]
fn an_update_is_of_the_record_with_most_of_its_words() {
    let [x, k, q] = ['x', 'k', 'q'].map(|letter| w(letter, 0..90));
    let [short, new] = [w('x', 0..80), w('z', 0..40)];
    let of = |text: String| last(&[&x, &k, &q, &text], &small()).update_of;
    assert_eq!(of(format!("{short}\n{k}\n{new}")), Some(1));
    assert_eq!(of(format!("{q}\n{k}\n{new}")), Some(1), "the earliest of several");
}

// Verdict 2, and the bytes of a passage.

#[test]
fn a_covered_passage_goes_with_a_line_break() {
    let [x, k, q] = ['x', 'k', 'q'].map(|letter| w(letter, 0..10));
    let passage = |bytes, at| span(bytes, "passage", (10, 10), &[(0, 0, at, 10)], &[]);
    assert_eq!(last(&[&x, &format!("{k}\n{x}\n{q}")], &small()), stays(&format!("{k}\n{q}"), &[passage((40, 80), 10)]));
    assert_eq!(last(&[&x, &format!("{x}\r\n{k}\n{q}\n")], &small()), stays(&format!("{k}\n{q}\n"), &[passage((0, 41), 0)]));
    // Nothing is kept after it: it takes the break before it, and the text's last one stays.
    assert_eq!(last(&[&x, &format!("{k}\r\n{x}\n")], &small()), stays(&format!("{k}\n"), &[passage((39, 80), 10)]));
}

#[test]
fn a_passage_stays_under_its_threshold_or_with_a_changed_fact() {
    let x = w('x', 0..40);
    let news = w('k', 0..60);
    let output = |passage: &str| last(&[&x, &format!("{news}\n{passage}")], &small()).output;
    let with = |n: u8, what: &str| w('x', 0..n).replace("xap", what);
    assert_eq!(output(&with(30, "zzz")), Some(news.clone()));
    // It is the second passage, and the word its sixteenth.
    let changed = with(30, "77");
    assert_eq!(output(&changed), Some(format!("{news}\n{changed}")));
    // 27 of 30 words are covered, in runs of 5 and more; then 26 of 29, which is under 9/10.
    let three = |n| with(n, "zzz").replace("xag", "zzz").replace("xaw", "zzz");
    assert_eq!(output(&three(30)), Some(news.clone()));
    assert_eq!(output(&three(29)), Some(format!("{news}\n{}", three(29))));
}

#[test]
fn a_passage_equal_to_an_earlier_one_of_its_article_goes_at_once() {
    let [x, k] = ['x', 'k'].map(|letter| w(letter, 0..8));
    // Its 8 words are fewer than a run has, and it stands in no run of 15.
    let passage = span((63, 95), "passage", (8, 8), &[(0, 0, 16, 8)], &[]);
    assert_eq!(last(&[&format!("{x}\n{k}\n{x}")], &Rules::default()), stays(&format!("{x}\n{k}"), &[passage]));
}

// Verdict 3, and the bytes of a cut.

#[test]
fn covered_sentences_are_cut() {
    let [x, k, q] = [w('x', 0..10), w('k', 0..8), w('q', 0..8)];
    let part = |bytes| span(bytes, "part", (10, 10), &[(0, 0, 8, 10)], &[]);
    // The first sentence has 33 bytes with its space, the second 41.
    let text = format!("{k}! {x}! {q}!");
    let cut = stays(&format!("{k}! {q}!"), &[part((33, 74))]);
    assert_eq!(last(&[&x, &text], &small()), cut);
    // At the passage's end the white space before goes.
    let at_end = format!("{k}!  {x}!\n{q}");
    let cut = stays(&format!("{k}!\n{q}"), &[part((32, 74))]);
    assert_eq!(last(&[&x, &at_end], &small()), cut);

    for min_cut in [Some(11), None] {
        let rules = Rules { min_cut, ..small() };
        assert_eq!(last(&[&x, &text], &rules), stays(&text, &[]));
    }
}

#[test]
fn a_row_of_sentences_is_cut_as_one() {
    let kept = format!("{}\n{}", w('x', 0..10), w('k', 0..10));
    let [x, k] = [w('x', 0..5), w('k', 0..5)];
    let [q, z] = [w('q', 0..8), w('z', 0..8)];
    let rules = Rules { min_cut: Some(10), ..small() };
    // Neither sentence has 10 words, the two have; the star between them has none and goes along.
    let covers = [(0, 0, 8, 5), (0, 10, 13, 5)];
    let part = span((33, 78), "part", (10, 10), &covers, &[]);
    let text = format!("{q}! {x}! *! {k}! {z}!");
    assert_eq!(last(&[&kept, &text], &rules), stays(&format!("{q}! {z}!"), &[part]));
    // The first `x` alone is too short a row: it is kept, at word 8, and `z` after it. The second
    // time the two are a row, at the passage's end, where the white space before it goes.
    let twice = format!("{q}! {x}! {z}! {x}! {z}!");
    let part = span((86, 140), "part", (13, 13), &[(0, 0, 21, 5), (1, 13, 26, 8)], &[]);
    assert_eq!(last(&[&kept, &twice], &rules), stays(&format!("{q}! {x}! {z}!"), &[part]));
}

#[test]
fn a_sentence_said_twice_in_one_line_is_cut() {
    let [x, k] = [w('x', 0..10), w('k', 0..8)];
    let part = span((41, 82), "part", (10, 10), &[(0, 0, 10, 10)], &[]);
    assert_eq!(last(&[&format!("{x}! {x}! {k}!")], &small()), stays(&format!("{x}! {k}!"), &[part]));
}

#[test]
fn a_row_of_passages_is_settled_before_sentences_are_looked_at() {
    let [x, z, q] = [w('x', 0..8), w('z', 0..10), w('q', 0..30)];
    let rules = Rules { min_run: 10, min_cut: Some(10), ..Rules::default() };
    // The second line equals a kept passage, but is too short a row. Only with it is there a run of
    // 10 for the first sentence of the third line.
    let text = format!("{z}\n{x}\n{} {x}! {q}!", w('z', 8..10));
    let part = span((72, 113), "part", (10, 10), &[(1, 8, 18, 10)], &[]);
    assert_eq!(last(&[&x, &text], &rules), stays(&format!("{z}\n{x}\n{q}!"), &[part]));
}

// Verdict 4.

#[test]
fn short_passages_go_only_with_their_neighbours() {
    let [a, b, h, news] = [w('a', 0..10), w('b', 0..10), w('h', 0..2), w('n', 0..60)];
    let kept = format!("{a}\n{h}\n{b}");
    // Lines at 0, 40, 48 (empty), 49 and 89.
    let spans = [
        span((0, 40), "passage", (10, 10), &[(0, 0, 0, 10)], &[]),
        span((40, 48), "short", (2, 2), &[(0, 10, 10, 2)], &[]),
        span((48, 49), "short", (0, 0), &[], &[]),
        span((49, 89), "passage", (10, 10), &[(0, 12, 12, 10)], &[]),
    ];
    assert_eq!(last(&[&kept, &format!("{a}\n{h}\n\n{b}\n{news}")], &small()), stays(&news, &spans));
    let output = |text: &str| last(&[&kept, text], &small()).output;
    let stays_as = |text: String| Some(text);
    // One side stays, or one of the short passages is not covered: all of them stay.
    assert_eq!(output(&format!("{a}\n{h}\n{news}")), stays_as(format!("{h}\n{news}")));
    assert_eq!(output(&format!("{news}\n{h}\n{a}")), stays_as(format!("{news}\n{h}")));
    let both = format!("{a}\n{h}\nNot yet\n{b}\n{news}");
    assert_eq!(output(&both), stays_as(format!("{h}\nNot yet\n{news}")));
}

#[test]
fn the_border_of_an_article_goes_along() {
    let [a, h, news] = [w('a', 0..10), w('h', 0..2), w('n', 0..60)];
    let kept = format!("{a}\n{h}");
    // Before the passage the short one is covered by its equal only; after it, by a run.
    let spans = [span((0, 8), "short", (2, 2), &[(0, 10, 0, 2)], &[]), span((8, 48), "passage", (10, 10), &[(0, 0, 2, 10)], &[])];
    let first = format!("{h}\n{a}\n{news}");
    assert_eq!(last(&[&kept, &first], &small()), stays(&news, &spans));
    // The news are 239 bytes; nothing is kept after them.
    let spans = [
        span((239, 279), "passage", (10, 10), &[(0, 0, 60, 10)], &[]),
        span((279, 287), "short", (2, 2), &[(0, 10, 70, 2)], &[]),
    ];
    let at_end = format!("{news}\n{a}\n{h}\n");
    let left = format!("{news}\n");
    assert_eq!(last(&[&kept, &at_end], &small()), stays(&left, &spans));
    // Only short passages: nothing to go with. (5 of 9 words are covered.)
    let shorts = format!("{}\n{}\n{}", w('a', 0..5), w('z', 0..2), w('y', 0..2));
    assert_eq!(last(&[&kept, &shorts], &small()), stays(&shorts, &[]));
}

// Verdict 5.

#[test]
fn a_row_of_fewer_words_than_a_run_stays() {
    let [x, k, q] = ['x', 'k', 'q'].map(|letter| w(letter, 0..8));
    let text = format!("{k}\n{x}\n{q}");
    assert_eq!(last(&[&x, &text], &Rules::default()), stays(&text, &[]));
    // Two of them together have enough.
    let y = w('y', 0..8);
    let text = format!("{k}\n{x}\n{y}\n{q}");
    let spans =
        [span((32, 64), "passage", (8, 8), &[(0, 0, 8, 8)], &[]), span((64, 96), "passage", (8, 8), &[(1, 0, 16, 8)], &[])];
    assert_eq!(last(&[&x, &y, &text], &Rules::default()), stays(&format!("{k}\n{q}"), &spans));
    // One that goes at once goes; the other one of its row stays when the two are too few.
    let rules = Rules { min_run: 17, ..Rules::default() };
    let text = format!("{k}\n{q}\n{k}\n{x}\n{q} {q} {q}");
    let spans = [span((64, 96), "passage", (8, 8), &[(1, 0, 16, 8)], &[])];
    assert_eq!(last(&[&x, &text], &rules), stays(&format!("{k}\n{q}\n{x}\n{q} {q} {q}"), &spans));
}

// Verdict 6.

#[test]
fn an_article_of_which_nothing_is_left_goes() {
    let x = w('x', 0..20);
    let near = x.replace("xah", "zzz");
    let rules = Rules { article_threshold: (1, 1), ..small() };
    let covers = [(0, 0, 0, 7), (0, 8, 8, 12)];
    let left = span((0, 79), "nothing-left", (19, 20), &covers, &[(28, 31)]);
    assert_eq!(last(&[&x, &near], &rules), goes(left));
}

// What is covered, and receipts.

#[test]
fn a_headline_run_into_the_text_is_covered() {
    let [h, x] = [w('h', 0..4), w('x', 0..10)];
    let kept = format!("{h}\n{x}");
    let text = |n| format!("{} {} {}", w('x', 0..5), w('h', 0..n), w('x', 5..10));
    let covers = [(0, 4, 0, 5), (0, 0, 5, 4), (0, 9, 9, 5)];
    let copy = span((0, 55), "copy", (14, 14), &covers, &[]);
    assert_eq!(last(&[&kept, &text(4)], &small()), goes(copy));
    // Three words are no gap, and do not equal the passage either: 10 of 13 are covered.
    assert_eq!(last(&[&kept, &text(3)], &small()), stays(&text(3), &[]));
    let three = format!("{}\n{x}", w('h', 0..3));
    assert_eq!(last(&[&three, &text(3)], &small()), stays(&text(3), &[]));
}

#[test]
fn receipts_name_the_first_place_and_reach_as_far_as_words_are_equal() {
    let [first, second] = [w('x', 0..10), format!("{} {}", w('x', 5..15), w('q', 0..30))];
    let text = format!("{}\n{}", w('x', 0..15), w('n', 0..60));
    // Words 0 to 9 stand in the first record; word 10 only in the second, as its sixth.
    let covers = [(0, 0, 0, 10), (1, 5, 10, 5)];
    let passage = span((0, 60), "passage", (15, 15), &covers, &[]);
    assert_eq!(last(&[&first, &second, &text], &small()), stays(&w('n', 0..60), &[passage]));
}

#[test]
fn kept_text_is_one_stream_across_what_was_taken_out() {
    let [x, k, q] = ['x', 'k', 'q'].map(|letter| w(letter, 0..10));
    let between = format!("{k}\n{x}\n{q}");
    let text = format!("{} {}! {}!", w('k', 8..10), w('q', 0..3), w('z', 0..30));
    let rules = Rules { min_cut: Some(5), ..small() };
    let part = span((0, 21), "part", (5, 5), &[(1, 8, 0, 5)], &[]);
    let left = format!("{}!", w('z', 0..30));
    assert_eq!(last(&[&x, &between, &text], &rules), stays(&left, &[part]));
}

// Text, words, sentences, parts.

#[test]
fn words_know_their_bytes_in_the_text_as_given() {
    let text = "A\u{308}pfel so\u{AD}ft Don’t don't ﬁn ab\u{200B}cd 1a\u{328}\u{301}!";
    let mut forms = Forms::default();
    let words = words(text, &mut forms);
    let bytes: Vec<_> = words.iter().map(|word| (word.bytes.start, word.bytes.end)).collect();
    let expected = [(0, 7), (8, 14), (15, 22), (23, 28), (29, 33), (34, 36), (39, 41), (42, 48)];
    assert_eq!(bytes, expected);
    assert_eq!(words[2].form, words[3].form);
    assert_eq!(words[4].form, forms.number("FIN"));
    assert_eq!(words[7].form, forms.number("1Ą\u{301}"));
    assert_eq!(matching_form("Straße"), "strasse");
    assert_eq!(matching_form("ŉ"), "'n");
    // A mark that belongs first moves there, and one composes across the other.
    let marks = "xa\u{301}\u{323}b y";
    let words = super::words::words(marks, &mut forms);
    assert_eq!((words[0].bytes.clone(), words[1].bytes.clone()), (0..7, 8..9));
    assert_eq!(words[0].form, forms.number("xạ\u{301}b"));
    // Hangul letters become syllables.
    assert_eq!(matching_form("\u{1112}\u{1161}\u{11AB}"), "한");
    let hangul = super::words::words("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", &mut forms);
    assert_eq!((hangul.len(), hangul[0].bytes.clone()), (1, 0..18));
}

#[test]
fn lines_are_passages_unless_the_text_is_hard_wrapped() {
    let passages = |text: &str| -> Vec<String> {
        let passages = text::passages(text);
        let contents = passages.iter().map(|p| text[p.content.clone()].to_owned());
        contents.collect()
    };
    assert_eq!(passages("a\r\n\r\nb\rc\n"), ["a", "", "b", "c"]);
    assert_eq!(passages("\n"), [""]);
    assert!(passages("").is_empty());
    // Three inner breaks; `ggg hhh Jjj` would not have fitted into 7 characters.
    let wrapped = "aaa bbb\nccc ddd\neee fff \n ggg hhh\nJjj";
    assert_eq!(passages(wrapped), [wrapped]);
    // `Jj` would have fitted after `ggg`.
    let fits = "aaa bbb\nccc ddd\neee fff\nggg\nJjj";
    assert_eq!(passages(fits), ["aaa bbb\nccc ddd\neee fff\nggg", "Jjj"]);
    // A sentence ends, quotes aside.
    let ends = "aaa bbb\nccc ddd\neee fff\nggg hh.”\njjj";
    assert_eq!(passages(ends), ["aaa bbb\nccc ddd\neee fff\nggg hh.”", "jjj"]);
    // Two inner breaks are too few.
    assert_eq!(passages("aaa bbb\nccc ddd\neee fff").len(), 3);
    // 3 inner breaks of 21 are under 15 %, of 20 they are not.
    let n_passages = |n: usize| passages(&format!("{wrapped}\n\n{}", "Aa.\n".repeat(n))).len();
    assert_eq!((n_passages(17), n_passages(18)), (1 + 1 + 17, 5 + 1 + 18));
}

#[test]
fn some_full_stops_end_no_sentence() {
    let sentences = |text: &str| -> Vec<usize> { text::sentences(text).iter().map(|bytes| bytes.end).collect() };
    let text = "Am 3. Mai kam Dr. Uhl. Er ging! Sie blieb.";
    assert_eq!(sentences(text), [23, 32, 42]);
    assert_eq!(sentences("Es war 123. Er ging (mit B. Uhl). Gut."), [12, 34, 38]);
    // A line break is white space.
    assert_eq!(sentences("Er\nging. Sie\r\nblieb.\u{2028}Gut."), [9, 23, 27]);
}

#[test]
fn large_texts_are_judged_in_parts() {
    assert_eq!(text::parts("aaaa bbbb cccc", (5, 7)), [0..5, 5..10, 10..14]);
    assert_eq!(text::parts("aaaa bb\r\ncc\ndddddd", (7, 9)), [0..9, 9..18]);
    assert_eq!(text::parts("aaaa bb\r\ncc\ndddddd", (7, 8)), [0..7, 7..12, 12..18]);
    assert_eq!(text::parts("aaaaéaaaa", (3, 5)), [0..4, 4..9, 9..10]);

    let x = w('x', 0..30);
    let rules = Rules { part_bytes: (100, 200), ..small() };
    // The first part ends with its line break, at byte 120. The second goes, and takes that break.
    let twice = format!("{x}\n{x}");
    let passage = span((119, 239), "passage", (30, 30), &[(0, 0, 30, 30)], &[]);
    // Of the second record nothing is left: the joined spans of its parts.
    let covers = [(0, 0, 0, 30), (0, 0, 30, 30)];
    let left = span((0, 239), "nothing-left", (60, 60), &covers, &[]);
    assert_eq!(judge(&[&twice, &twice], &rules), [stays(&x, &[passage]), goes(left)]);
    // What a later part covers is named by record and word: the second part's first word is the
    // record's 31st.
    let two = format!("{x}\n{}", w('k', 0..30));
    let one = format!("{}\n{}", w('k', 10..20), w('q', 0..60));
    let passage = span((0, 40), "passage", (10, 10), &[(0, 40, 0, 10)], &[]);
    let outcome = &judge(&[&two, &one], &rules)[1];
    assert_eq!(*outcome, stays(&w('q', 0..60), &[passage]));
}
