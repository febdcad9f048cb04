//! Making a cluster: in `data.new`, renamed when whole.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::lchown;
use std::path::Path;

use crate::Error;
use crate::cluster::settings::Durability;
use crate::cluster::site::Site;
use crate::connection::ROLE;
use crate::place::files;

/// Whether there is a cluster at `data`.
pub(crate) fn is_made(data: &Path) -> bool {
    data.join("PG_VERSION").exists()
}

/// Makes the cluster of `site` unless it has one. Call under the change lock: whatever is in `data.new` is a leftover.
pub(crate) async fn ensure(site: &Site) -> Result<(), Error> {
    let (data, new) = (site.home.data(), site.home.data_in_the_making());
    if is_made(&data) {
        return Ok(());
    }
    match fs::remove_dir_all(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::io("remove", &new)(error)),
        Ok(()) | Err(_) => {}
    }
    files::make_directory(&new, 0o700).map_err(Error::io("make", &new))?;
    if !site.account.is_us() {
        lchown(&new, Some(site.account.uid), Some(site.account.gid)).map_err(Error::io("give away", &new))?;
    }
    run(site).await?;
    fs::rename(&new, &data).map_err(Error::io("rename", &new))?;
    // The rename itself must survive a power cut.
    File::open(site.home.path()).and_then(|home| home.sync_all()).map_err(Error::io("sync", site.home.path()))
}

async fn run(site: &Site) -> Result<(), Error> {
    let program = site.program("initdb");
    let mut command = site.account.command(&program);
    command.arg("-D").arg(site.home.data_in_the_making());
    command.args(["--auth=peer", "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "--data-checksums"]);
    command.arg(format!("--username={ROLE}")).arg("--no-instructions");
    if site.durability == Durability::Waived {
        command.arg("--no-sync");
    }
    let mut command = tokio::process::Command::from(command);
    let output = command.kill_on_drop(true).output().await.map_err(Error::io("run", &program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::InitDb { output: if said.is_empty() { output.status.to_string() } else { said } })
}
