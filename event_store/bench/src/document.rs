//! The part of `docs/PERFORMANCE.md` that a run writes. All else in it is written by people.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Report;

/// A document with a place for the figures.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    marks: Marks,
}

/// The lines around one bench's figures.
#[derive(Debug, Clone)]
struct Marks {
    begin: String,
    end: String,
}

impl Marks {
    fn of(bench: &str) -> Self {
        Self { begin: format!("<!-- bench {bench}: begin -->"), end: format!("<!-- bench {bench}: end -->") }
    }
}

/// The document was left as it is.
#[derive(Debug, Error)]
pub enum NotWritten {
    /// It can't be read or written.
    #[error("{path} can't be read or written")]
    Io {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no place for the figures in it.
    #[error("{path} has no lines `{begin}` and `{end}`, in this order, to put the figures between")]
    NoPlace {
        /// Where it is.
        path: PathBuf,
        /// The first of them.
        begin: String,
        /// The other.
        end: String,
    },
}

impl Document {
    /// Finds the place of this bench's figures, `append` for one; to be asked before anything is measured.
    ///
    /// # Errors
    /// [`NotWritten`], when the figures could not be written there.
    pub fn find(path: &Path, bench: &str) -> Result<Self, NotWritten> {
        let document = Self { path: path.to_owned(), marks: Marks::of(bench) };
        document.with("")?;
        Ok(document)
    }

    /// Puts the figures in the place of the last ones.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn write(&self, report: &Report) -> Result<(), NotWritten> {
        fs::write(&self.path, self.with(&report.markdown())?).map_err(|source| self.io(source))
    }

    fn with(&self, figures: &str) -> Result<String, NotWritten> {
        let text = fs::read_to_string(&self.path).map_err(|source| self.io(source))?;
        replaced(&text, &self.marks, figures).ok_or_else(|| {
            let Marks { begin, end } = self.marks.clone();
            NotWritten::NoPlace { path: self.path.clone(), begin, end }
        })
    }

    fn io(&self, source: io::Error) -> NotWritten {
        NotWritten::Io { path: self.path.clone(), source }
    }
}

fn replaced(text: &str, Marks { begin, end }: &Marks, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n\n{}\n\n{end}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let marks = Marks::of("append");
        let Marks { begin, end } = &marks;
        let text = format!("# Ours\n\n{begin}\nold\n{end}\n\nmore\n");
        let once = replaced(&text, &marks, "new\n").unwrap();
        assert_eq!(once, format!("# Ours\n\n{begin}\n\nnew\n\n{end}\n\nmore\n"));
        assert_eq!(replaced(&once, &marks, "new\n").unwrap(), once);
    }

    #[test]
    fn without_its_marks_nothing_is_written() {
        let marks = Marks::of("append");
        let Marks { begin, end } = &marks;
        let other = Marks::of("intake");
        for text in ["", begin, end, &format!("{end}{begin}"), &format!("{}{}", other.begin, other.end)] {
            assert_eq!(replaced(text, &marks, "new"), None, "{text}");
        }
    }
}
