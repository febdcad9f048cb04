//! One place for lints: each member takes the workspace's.

use anyhow::Result;

use super::workspace::metadata;

/// Whether a manifest has a `[lints]` table that says `workspace = true`.
fn takes_workspace_lints(manifest: &str) -> bool {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .any(|line| line.split_whitespace().collect::<String>() == "workspace=true")
}

#[test]
fn every_member_takes_the_workspace_s_lints() -> Result<()> {
    let metadata = metadata()?;
    let mut without = Vec::new();
    for package in &metadata.packages {
        if !takes_workspace_lints(&std::fs::read_to_string(&package.manifest_path)?) {
            without.push(&package.name);
        }
    }
    assert!(without.is_empty(), "{without:?}");
    Ok(())
}

#[test]
fn a_member_with_lints_of_its_own_would_be_seen() {
    assert!(takes_workspace_lints("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"));
    assert!(!takes_workspace_lints("[package]\nlints.workspace = false\n"));
    assert!(!takes_workspace_lints("[lints]\nrust = {}\n\n[dependencies]\nworkspace = true\n"));
}
