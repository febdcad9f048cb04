//! Where a cluster may lie, and who may come in.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use leadflow_private_postgres::{Error, PrivateServer};
use sqlx::{Connection, PgConnection};

use super::support::{self, place, place_named};

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_fine() {
    let place = place_named(&"long".repeat(40));
    let server = place.join().await;
    let socket = socket_in(&server.url());
    assert!(socket.starts_with("/tmp"), "{}", socket.display());
    assert_eq!(support::query(&server.connect_options(), "SELECT 'here'").await, "here");
    server.leave().await.unwrap();
    assert!(!socket.exists(), "nothing stays behind in /tmp");

    // Somebody else could make the directory first.
    std::fs::create_dir(&socket).unwrap();
    std::fs::set_permissions(&socket, support::permissions(0o777)).unwrap();
    let refusal = PrivateServer::join(&place.options()).await.unwrap_err();
    std::fs::remove_dir(&socket).unwrap();
    assert!(matches!(refusal, Error::SocketDirectory { .. }), "{refusal}");
}

fn socket_in(url: &str) -> PathBuf {
    let host = url.split_once("host=").unwrap().1.split('&').next().unwrap();
    PathBuf::from(host.replace("%20", " "))
}

#[tokio::test]
async fn the_url_is_good_for_psql() {
    let place = place();
    let server = place.join().await;
    let psql = [server.binaries().join("psql"), "psql".into()].into_iter().find(|path| works(path));
    if let Some(psql) = psql {
        let output = Command::new(psql).arg(server.url()).args(["-XAtc", "SELECT current_user"]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "leadflow");
    } else {
        support::skip("there is no psql");
    }
    server.leave().await.unwrap();
}

fn works(program: &Path) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn no_role_but_ours_is_let_in() {
    let place = place();
    let server = place.join().await;
    support::execute(&server.connect_options(), "CREATE ROLE intruder LOGIN SUPERUSER").await;
    let intruder = server.connect_options().username("intruder");
    let refusal = PgConnection::connect_with(&intruder).await.unwrap_err();
    assert!(refusal.to_string().contains("pg_hba.conf"), "{refusal}");
    server.leave().await.unwrap();
}

/// The directory already keeps others out; with it opened, peer authentication does.
#[tokio::test]
async fn no_account_but_ours_is_let_in() {
    if !support::we_are_root() {
        // Only root can pose as somebody else.
        return;
    }
    let place = place();
    let server = place.join().await;
    let socket = socket_in(&server.url());
    let psql = |uid: u32| {
        let mut command = Command::new("psql");
        command.arg(server.url()).args(["-XAtc", "SELECT 1"]).current_dir("/").uid(uid).gid(uid);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    if works(Path::new("psql")) {
        let nobody = 65534;
        assert!(psql(nobody).contains("Permission denied"), "{}", psql(nobody));
        std::fs::set_permissions(&socket, support::permissions(0o755)).unwrap();
        std::fs::set_permissions(socket.join(".s.PGSQL.5432"), support::permissions(0o777)).unwrap();
        assert!(psql(nobody).contains("Peer authentication failed"), "{}", psql(nobody));
        std::fs::set_permissions(&socket, support::permissions(0o700)).unwrap();
    } else {
        support::skip("there is no psql");
    }
    server.leave().await.unwrap();
}

#[tokio::test]
async fn a_directory_closed_to_the_servers_account_is_named() {
    if !support::we_are_root() {
        // A normal user runs the server herself.
        return;
    }
    let closed = tempfile::tempdir().unwrap();
    let mut options = place().options();
    options.data_dir = closed.path().join("data");
    let refusal = PrivateServer::join(&options).await.unwrap_err();
    assert!(matches!(&refusal, Error::Unreachable { blocked_at, .. } if blocked_at == closed.path()), "{refusal}");
}

#[tokio::test]
async fn a_cluster_of_another_account_is_refused_to_a_normal_user() {
    if support::we_are_root() {
        // Root runs it as its owner.
        return;
    }
    let place = place();
    std::fs::create_dir_all(place.data_dir.join("postgres")).unwrap();
    std::os::unix::fs::symlink("/usr", place.cluster()).unwrap();
    let refusal = PrivateServer::join(&place.options()).await.unwrap_err();
    assert!(matches!(&refusal, Error::OwnedByAnother { owner, .. } if owner == "root"), "{refusal}");
}
