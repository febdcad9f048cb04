//! Lines of a text that comes in pieces.

/// Most bytes of a message, and of a line: WhatsApp takes 65,536 letters.
pub const LONGEST_MESSAGE: usize = 256 << 10;

/// Cuts a text into lines, however its pieces are cut.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end is yet to come.
    rest: String,
    read: u64,
}

/// A line is longer than any may be: its number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong(pub(super) u64);

impl Lines {
    /// Hands on the lines that end in what comes next, each with its number from 1.
    pub(super) fn push<E: From<TooLong>>(
        &mut self,
        mut text: &str,
        mut line: impl FnMut(u64, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((end, rest)) = text.split_once('\n') {
            text = rest;
            self.read += 1;
            if self.rest.is_empty() {
                self.measure(end.len())?;
                line(self.read, end.trim_end_matches('\r'))?;
            } else {
                self.measure(self.rest.len() + end.len())?;
                self.rest.push_str(end);
                line(self.read, self.rest.trim_end_matches('\r'))?;
                self.rest.clear();
            }
        }
        self.read += 1;
        let measured = self.measure(self.rest.len() + text.len());
        self.read -= 1;
        measured?;
        self.rest.push_str(text);
        Ok(())
    }

    /// Hands on the last line, if it has no end.
    pub(super) fn end<E>(&mut self, line: impl FnOnce(u64, &str) -> Result<(), E>) -> Result<(), E> {
        if self.rest.is_empty() {
            return Ok(());
        }
        self.read += 1;
        let last = std::mem::take(&mut self.rest);
        line(self.read, last.trim_end_matches('\r'))
    }

    fn measure(&self, bytes: usize) -> Result<(), TooLong> {
        if bytes > LONGEST_MESSAGE { Err(TooLong(self.read)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> Result<Vec<String>, TooLong> {
        let (mut lines, mut found) = (Lines::default(), vec![]);
        for piece in pieces {
            lines.push(piece, |_, line| {
                found.push(line.to_owned());
                Ok::<_, TooLong>(())
            })?;
        }
        lines.end(|_, line| {
            found.push(line.to_owned());
            Ok::<_, TooLong>(())
        })?;
        Ok(found)
    }

    #[test]
    fn however_a_text_is_cut_its_lines_are_the_same() {
        let text = "one\r\ntwo\n\nthree: è\r\nlast";
        let whole = lines(&[text]).unwrap();
        assert_eq!(whole, ["one", "two", "", "three: è", "last"]);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(lines(&letters.iter().map(String::as_str).collect::<Vec<_>>()).unwrap(), whole);
        assert_eq!(lines(&["one\n"]).unwrap(), ["one"]);
        assert!(lines(&[""]).unwrap().is_empty());
    }

    #[test]
    fn a_line_without_an_end_is_not_held() {
        let piece = "x".repeat(LONGEST_MESSAGE / 2 + 1);
        assert_eq!(lines(&["a\n", &piece, &piece]), Err(TooLong(2)));
        assert_eq!(lines(&["a\n", &piece, &format!("{piece}\n")]), Err(TooLong(2)));
        assert!(lines(&[&piece, "\n", &piece]).is_ok());
    }
}
