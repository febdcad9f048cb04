//! Gaps in a text, `{{1}}` or `{{order_id}}`: found, and filled.

/// The gaps of a text that have to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gaps {
    /// They are filled in their order; so many.
    Counted(usize),
    /// Each has a name. In the order in which they come first.
    Named(Vec<String>),
}

impl Gaps {
    /// Those of `text`. One that stands there twice is one.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Gap(name) if !names.contains(&name) => names.push(name),
                Piece::Gap(_) | Piece::Text(_) => {}
            }
        }
        if names.iter().all(|name| is_number(name)) {
            Self::Counted(names.len())
        } else {
            Self::Named(names.into_iter().map(str::to_owned).collect())
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Counted(count) => *count,
            Self::Named(names) => names.len(),
        }
    }
}

/// `text` with its gaps filled by what `value` says of each name; where it says nothing, the gap stays. What is filled in is not
/// looked at again.
pub(super) fn filled<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Gap(name) => match value(name) {
                Some(value) => filled.push_str(value),
                None => filled.extend(["{{", name, "}}"]),
            },
        }
    }
    filled
}

/// The numbers of a text's counted gaps, as they are written, from the smallest: which of the given values goes where.
pub(super) fn numbers(text: &str) -> Vec<&str> {
    let mut numbers: Vec<&str> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Gap(name) if is_number(name) && !numbers.contains(&name) => numbers.push(name),
            Piece::Gap(_) | Piece::Text(_) => {}
        }
    }
    // Shorter numbers are smaller, whatever their size.
    numbers.sort_by_key(|number| (number.trim_start_matches('0').len(), number.trim_start_matches('0').to_owned()));
    numbers
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// A stretch of a text.
enum Piece<'a> {
    Text(&'a str),
    /// A gap, by its name.
    Gap(&'a str),
}

/// `text` in its pieces. Braces around what is no name are text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(found) = text[at..].find("{{") {
        let opening = at + found;
        match gap(&text[opening..]) {
            Some((name, length)) => {
                if begun < opening {
                    pieces.push(Piece::Text(&text[begun..opening]));
                }
                pieces.push(Piece::Gap(name));
                at = opening + length;
                begun = at;
            }
            // The second brace may open one.
            None => at = opening + 1,
        }
    }
    if begun < text.len() {
        pieces.push(Piece::Text(&text[begun..]));
    }
    pieces
}

/// The name of the gap that `text` begins with, and how many bytes the gap takes.
fn gap(text: &str) -> Option<(&str, usize)> {
    let within = text.strip_prefix("{{")?.trim_start_matches(' ');
    let end = within.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let (name, rest) = within.split_at(end);
    let rest = rest.trim_start_matches(' ').strip_prefix("}}")?;
    (!name.is_empty()).then_some((name, text.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Gaps {
        Gaps::Named(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn gaps_are_counted_or_named() {
        for (text, gaps) in [
            ("", Gaps::Counted(0)),
            ("No gap { } {{}} {{ }} {{a b}} {{-}} {{1", Gaps::Counted(0)),
            ("{{1}}, {{2}} and {{1}}", Gaps::Counted(2)),
            ("{{ 1 }}{{2}}", Gaps::Counted(2)),
            ("{{{1}}}", Gaps::Counted(1)),
            ("{{99999999999999999999999999}}", Gaps::Counted(1)),
            ("{{order_id}} of {{name}}, {{order_id}}", named(&["order_id", "name"])),
            ("{{1}} of {{name}}", named(&["1", "name"])),
        ] {
            assert_eq!(Gaps::of(text), gaps, "{text}");
            assert_eq!(Gaps::of(text).count(), gaps.count());
        }
    }

    #[test]
    fn a_gap_is_filled_once_and_what_fills_it_is_no_gap() {
        let value = |name: &str| match name {
            "1" => Some("{{2}}"),
            "2" => Some("é"),
            _ => None,
        };
        assert_eq!(filled("{{1}} {{ 2 }} {{3}} {{x y}} {{{2}}", value), "{{2}} é {{3}} {{x y}} {é");
    }

    #[test]
    fn counted_gaps_are_filled_from_the_smallest() {
        assert_eq!(numbers("{{10}} {{2}} {{1}} {{2}}"), ["1", "2", "10"]);
        assert_eq!(numbers("{{name}}"), [""; 0]);
    }

    #[test]
    fn many_braces_take_no_time() {
        for hostile in ["{".repeat(1 << 20), "{{a".repeat(1 << 18), "{{ ".repeat(1 << 18)] {
            assert_eq!(Gaps::of(&hostile), Gaps::Counted(0));
        }
    }
}
