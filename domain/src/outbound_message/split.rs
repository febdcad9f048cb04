//! A text that is too long for one message becomes several, and what people see as one letter stays whole.

use unicode_segmentation::UnicodeSegmentation;

/// Longest text of a message, in characters (Meta: `text.body`).
pub const LONGEST_TEXT: usize = 4_096;

/// The parts of `text`, in their order, each of at most `most` characters: cut after the last line, else after the last word, else
/// after the last letter that fits. What is put together again is `text`, but for white space at the cuts.
#[must_use]
pub fn split_text(text: &str, most: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while rest.chars().count() > most {
        let cut = cut(rest, most);
        let (part, left) = rest.split_at(cut);
        parts.push(part.trim_end().to_owned());
        rest = left.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Where `text`, which is longer than `most` characters, is cut: never at 0.
fn cut(text: &str, most: usize) -> usize {
    let (mut after_line, mut after_word, mut after_letter) = (0, 0, 0);
    let mut characters = 0;
    for (at, letter) in text.grapheme_indices(true) {
        characters += letter.chars().count();
        if characters > most {
            break;
        }
        after_letter = at + letter.len();
        if letter.contains('\n') {
            after_line = after_letter;
        } else if letter.chars().all(char::is_whitespace) {
            after_word = after_letter;
        }
    }
    // A line or a word that is cut early leaves little in its part: not before its middle.
    let middle = text.char_indices().nth(most / 2).map_or(0, |(at, _)| at);
    let cuts = [after_line, after_word, after_letter];
    let whole = cuts.into_iter().find(|cut| *cut > middle);
    // One letter that is longer than a message is no letter.
    let by_force = || text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    whole.or((after_letter > 0).then_some(after_letter)).unwrap_or_else(by_force)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(split_text("Hi there", 8), ["Hi there"]);
        assert_eq!(split_text("  Hi there\n", 8), ["Hi there"]);
        assert_eq!(split_text(" \n ", 8), Vec::<String>::new());
    }

    #[test]
    fn it_is_cut_after_a_line_else_after_a_word_else_after_a_letter() {
        assert_eq!(split_text("One two.\nThree four", 12), ["One two.", "Three four"]);
        assert_eq!(split_text("One two three four", 12), ["One two", "three four"]);
        assert_eq!(split_text("Onetwothreefour", 6), ["Onetwo", "threef", "our"]);
        assert_eq!(split_text("I twothreefour", 8), ["I twothr", "eefour"], "a part is not nearly empty");
    }

    #[test]
    fn what_people_see_as_one_letter_stays_whole() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(family.chars().count(), 7);
        assert_eq!(split_text(&format!("abcd{family}"), 8), ["abcd", family]);
        let accented = "e\u{301}";
        assert_eq!(split_text(&format!("abc{accented}d"), 4), ["abc", &format!("{accented}d")]);
        let endless = format!("a{}", "\u{301}".repeat(20));
        assert_eq!(split_text(&endless, 8).concat(), endless, "one that is longer than a message is cut by force");
    }

    #[test]
    fn each_part_fits_and_nothing_is_lost() {
        let text = "Ærøskøbing is on Ærø. 👩🏽‍🚀 flies there,\nand e\u{301}clairs are eaten. ".repeat(40);
        for most in 1..60 {
            let parts = split_text(&text, most);
            assert!(parts.iter().all(|part| (1..=most).contains(&part.chars().count())), "with {most}");
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(letters(&parts.concat()), letters(&text), "with {most}");
        }
    }
}
