//! Arrows point one way (DESIGN §3): `domain` <- `event_store` <- `projections` <- `api`; `gateways` stands alone and
//! only `api` sees it; `bench` sees what it measures; nothing depends on `api` but `tests`.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Result, ensure};
use cargo_metadata::DependencyKind;
use leadflow_tests::binary;

use super::workspace::metadata;

/// Whom each member may see. A member that is not named here, or sees somebody else, fails the test.
const ARROWS: [(&str, &[&str]); 8] = [
    ("leadflow-domain", &[]),
    ("leadflow-private-postgres", &[]),
    ("leadflow-gateways", &[]),
    ("leadflow-event-store", &["leadflow-domain", "leadflow-private-postgres"]),
    ("leadflow-bench", &["leadflow-domain", "leadflow-event-store", "leadflow-private-postgres"]),
    ("leadflow-projections", &["leadflow-domain", "leadflow-event-store", "leadflow-private-postgres"]),
    (
        "leadflow-api",
        &[
            "leadflow-bench",
            "leadflow-domain",
            "leadflow-event-store",
            "leadflow-gateways",
            "leadflow-private-postgres",
            "leadflow-projections",
        ],
    ),
    // Black box: of the product it sees who plays the provider, and the binary over the wire.
    ("leadflow-tests", &["leadflow-gateways"]),
];

/// What decisions must not reach, at any depth: the network, SQL, the web.
const NOT_IN_DOMAIN: [&str; 8] =
    ["sqlx", "sqlx-core", "reqwest", "hyper", "axum", "async-graphql", "tokio-postgres", "postgres-es"];

/// The arrows that `members` have and [`ARROWS`] does not.
fn forbidden(members: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let allowed = |from: &str, to: &str| ARROWS.iter().any(|(member, sees)| *member == from && sees.contains(&to));
    let mut found = Vec::new();
    for (from, sees) in members {
        if !ARROWS.iter().any(|(member, _)| member == from) {
            found.push(format!("{from} has no place in the house"));
        }
        found.extend(sees.iter().filter(|to| !allowed(from, to)).map(|to| format!("{from} -> {to}")));
    }
    found
}

fn members() -> Result<BTreeMap<String, Vec<String>>> {
    let metadata = metadata()?;
    let ours: Vec<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let members = metadata.packages.iter().map(|package| {
        let sees = package
            .dependencies
            .iter()
            // A test may use what the product may not: sweeps start the store's own cluster, for one.
            .filter(|dependency| dependency.kind != DependencyKind::Development && ours.contains(&dependency.name))
            .map(|dependency| dependency.name.clone())
            .collect();
        (package.name.to_string(), sees)
    });
    Ok(members.collect())
}

#[test]
fn no_arrow_points_the_wrong_way() -> Result<()> {
    let members = members()?;
    assert_eq!(members.len(), ARROWS.len(), "{members:?}");
    assert_eq!(forbidden(&members), Vec::<String>::new());
    Ok(())
}

#[test]
fn a_wrong_arrow_would_be_seen() -> Result<()> {
    let mut members = members()?;
    members.entry("leadflow-domain".into()).or_default().push("leadflow-event-store".into());
    members.entry("leadflow-gateways".into()).or_default().push("leadflow-domain".into());
    members.insert("leadflow-shed".into(), vec!["leadflow-api".into()]);
    assert_eq!(
        forbidden(&members),
        [
            "leadflow-domain -> leadflow-event-store",
            "leadflow-gateways -> leadflow-domain",
            "leadflow-shed has no place in the house",
            "leadflow-shed -> leadflow-api",
        ]
    );
    Ok(())
}

/// Everything `package` is linked with on this machine, by name.
fn linked(package: &str) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .current_dir(binary::workspace())
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", package])
        .output()?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

#[test]
fn decisions_reach_no_network_and_no_database() -> Result<()> {
    let domain = linked("leadflow-domain")?;
    assert!(domain.iter().any(|name| name == "cqrs-es"), "{domain:?}");
    let reached: Vec<&str> = NOT_IN_DOMAIN.into_iter().filter(|name| domain.iter().any(|one| one == name)).collect();
    assert_eq!(reached, Vec::<&str>::new());
    // The names are the right ones: the store, which may, does reach the database.
    assert!(linked("leadflow-event-store")?.iter().any(|name| name == "sqlx-core"));
    Ok(())
}
