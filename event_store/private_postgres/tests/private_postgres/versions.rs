//! A cluster needs the major version that made it.

use std::path::Path;

use leadflow_private_postgres::{Error, PrivateServer};

use super::support::{Place, permissions, place, we_are_root};

#[tokio::test]
async fn a_cluster_older_than_we_support_is_refused() {
    let refusal = join_a_cluster_made_by("13").await;
    assert!(matches!(refusal, Error::TooOld { made_by: 13, .. }), "{refusal}");
    assert!(refusal.to_string().contains("pg_upgrade"), "{refusal}");
}

#[tokio::test]
async fn a_cluster_of_a_version_that_is_not_here_is_refused() {
    let refusal = join_a_cluster_made_by("99").await;
    assert!(matches!(refusal, Error::WrongMajor { needed: 99, .. }), "{refusal}");
}

async fn join_a_cluster_made_by(version: &str) -> Error {
    let place = place();
    make_cluster(&place, version);
    PrivateServer::join(&place.options()).await.unwrap_err()
}

/// Just enough to be asked for its version, and owned by an account that can run a server.
fn make_cluster(place: &Place, version: &str) {
    std::fs::create_dir_all(place.cluster()).unwrap();
    std::fs::write(place.cluster().join("PG_VERSION"), format!("{version}\n")).unwrap();
    if we_are_root() {
        for directory in [&place.data_dir, &place.data_dir.join("postgres")] {
            std::fs::set_permissions(directory, permissions(0o711)).unwrap();
        }
        std::os::unix::fs::chown(place.cluster(), Some(65534), Some(65534)).unwrap();
    }
}

#[tokio::test]
async fn named_binaries_that_are_none_are_refused() {
    let place = place();
    let mut options = place.options();
    options.binaries = Some(Path::new("/usr/share").to_path_buf());
    let refusal = PrivateServer::join(&options).await.unwrap_err();
    assert!(matches!(refusal, Error::UnusableBinaries { .. }), "{refusal}");
}
