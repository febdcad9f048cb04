//! The `leadflow` binary under test, built fresh.
//!
//! Cargo sets `CARGO_BIN_EXE_*` only for binaries of the same package, and a path guessed under `target/` may hold
//! last week's build. So the harness asks cargo to build it, and cargo says where it lies.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value;

/// The workspace's root.
#[must_use]
pub fn workspace() -> &'static Path {
    const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(MANIFEST).parent().unwrap_or(Path::new(MANIFEST))
}

/// The binary's path, built once per process with this harness's own profile.
///
/// # Errors
/// When cargo cannot build it; cargo's own messages are on stderr.
pub fn leadflow() -> Result<&'static Path> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_deref()
        .map_err(|message| anyhow!("the leadflow binary: {message}"))
}

fn build() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    // No `-p`: over the default members features unify as they do for `cargo run`, so that the README's two commands
    // compile the product once and not twice.
    cargo.current_dir(workspace()).args(["build", "--bin", "leadflow", "--message-format=json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo says of us would be told of the product: build scripts that look at it (ring's) would run again, and all
    // that stands on them be compiled anew, now and at the next `cargo test`.
    for (name, _) in std::env::vars_os() {
        let of_us =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if of_us {
            cargo.env_remove(name);
        }
    }
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("running cargo")?;
    ensure!(output.status.success(), "cargo build --bin leadflow: {}", output.status);
    executable(&String::from_utf8_lossy(&output.stdout)).context("cargo built no executable called leadflow")
}

/// The path in cargo's `compiler-artifact` message for the binary.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "leadflow")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_the_one_of_the_artifact_that_is_executable() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"leadflow"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"leadflow"},"executable":"/t/debug/leadflow"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/t/debug/leadflow")));
        assert_eq!(executable("not json\n{}"), None);
    }
}
