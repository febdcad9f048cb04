//! Opening and replacing files in directories that may belong to somebody else.
//!
//! Root may serve from a user's directory. It must not follow a symbolic link planted there, and must not leave
//! behind files that the user can't open afterwards.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::OFlags;

use crate::Error;
use crate::place::account::Account;

/// Opens without following a link in the last component; what root makes belongs to the directory's owner.
pub(crate) fn open(options: &OpenOptions, path: &Path) -> Result<File, Error> {
    let attempt = || -> io::Result<File> {
        let file = options.clone().custom_flags(no_follow()).open(path)?;
        if let Some(directory) = path.parent()
            && rustix::process::geteuid().is_root()
        {
            let owner = fs::metadata(directory)?;
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
        Ok(file)
    };
    attempt().map_err(Error::io("open", path))
}

/// Puts `content` at `path` in one step, readable by `reader` alone (and by root).
pub(crate) fn replace(path: &Path, content: &str, reader: &Account) -> Result<(), Error> {
    let mut temporary = path.as_os_str().to_os_string();
    temporary.push(".new");
    let temporary = Path::new(&temporary);
    let attempt = || -> io::Result<()> {
        remove_if_there(temporary)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temporary)?;
        file.write_all(content.as_bytes())?;
        if !reader.is_us() {
            fchown(&file, Some(reader.uid), Some(reader.gid))?;
        }
        fs::rename(temporary, path)
    };
    attempt().map_err(Error::io("write", path))
}

/// Makes a directory with exactly `mode`, whatever the umask. Fails if something is there.
pub(crate) fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Removes a file; its absence is fine.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// `O_NOFOLLOW` as `OpenOptionsExt` wants it.
fn no_follow() -> i32 {
    i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default()
}
