//! A folder: for development, and to see what would be sent.

use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::Failure;
use super::message::Email;
use crate::cause::cause;

/// A folder with a file for each letter.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, which is made with the first letter.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where a letter is, or would be.
    #[must_use]
    pub fn file(&self, id: Uuid) -> PathBuf {
        self.0.join(format!("{id}.eml"))
    }

    pub(super) async fn send(&self, email: &Email) -> Result<(), Failure> {
        let letter = email.file()?;
        let (folder, file) = (self.0.clone(), self.file(email.id));
        match tokio::task::spawn_blocking(move || write(&folder, &file, &letter)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                Err(Failure::refused(format!("{} can't be written: {}", self.0.display(), cause(&error))))
            }
            Err(_ended) => Err(Failure::later("the program was about to end")),
        }
    }
}

/// Whole or not at all, and for this account alone: links open doors.
fn write(folder: &Path, file: &Path, letter: &[u8]) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(letter)?;
    draft.as_file().sync_all()?;
    draft.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::email::message::tests::email;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_letter_is_a_file_for_this_account_alone_also_when_it_is_written_twice() {
        let below = tempfile::tempdir().unwrap();
        let folder = Folder::new(below.path().join("mail"));
        let email = email("ada@example.com");
        for _ in 0..2 {
            folder.send(&email).await.unwrap();
        }
        let files: Vec<PathBuf> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files, [folder.file(email.id)]);
        assert_eq!((mode(folder.path()), mode(&files[0])), (0o700, 0o600));
        assert_eq!(std::fs::read(&files[0]).unwrap(), email.file().unwrap());
    }

    #[tokio::test]
    async fn a_folder_that_can_t_be_made_is_said_to_be_so() {
        let below = tempfile::tempdir().unwrap();
        std::fs::write(below.path().join("mail"), "a file").unwrap();
        let folder = Folder::new(below.path().join("mail"));
        let refused = folder.send(&email("ada@example.com")).await.unwrap_err();
        assert!(
            matches!(refused, Failure::Refused { .. }) && refused.to_string().contains("mail can't be written"),
            "{refused}"
        );
    }
}
