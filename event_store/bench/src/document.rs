//! The part of `docs/PERFORMANCE.md` that a run writes. All else in it is written by people.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Report;

const BEGIN: &str = "<!-- bench append: begin -->";
const END: &str = "<!-- bench append: end -->";

/// A document with a place for the figures.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
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
    #[error("{path} has no lines `{BEGIN}` and `{END}`, in this order, to put the figures between")]
    NoPlace {
        /// Where it is.
        path: PathBuf,
    },
}

impl Document {
    /// Finds the place; to be asked before anything is measured.
    ///
    /// # Errors
    /// [`NotWritten`], when the figures could not be written there.
    pub fn find(path: &Path) -> Result<Self, NotWritten> {
        let document = Self { path: path.to_owned() };
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
        replaced(&text, figures).ok_or_else(|| NotWritten::NoPlace { path: self.path.clone() })
    }

    fn io(&self, source: io::Error) -> NotWritten {
        NotWritten::Io { path: self.path.clone(), source }
    }
}

fn replaced(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let text = format!("# Ours\n\n{BEGIN}\nold\n{END}\n\nmore\n");
        let once = replaced(&text, "new\n").unwrap();
        assert_eq!(once, format!("# Ours\n\n{BEGIN}\n\nnew\n\n{END}\n\nmore\n"));
        assert_eq!(replaced(&once, "new\n").unwrap(), once);
    }

    #[test]
    fn without_marks_nothing_is_written() {
        for text in ["", BEGIN, END, &format!("{END}{BEGIN}")] {
            assert_eq!(replaced(text, "new"), None, "{text}");
        }
    }
}
