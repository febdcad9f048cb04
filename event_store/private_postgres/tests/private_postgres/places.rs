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
async fn exactly_we_are_let_in() {
    let place = place();
    let server = place.join().await;
    only_our_role(&server).await;
    if works(Path::new("psql")) {
        assert_eq!(psql(&server, None), "leadflow");
        if support::we_are_root() {
            only_our_account(&server);
        }
    } else {
        support::skip("there is no psql");
    }
    server.leave().await.unwrap();
}

async fn only_our_role(server: &PrivateServer) {
    support::execute(&server.connect_options(), "CREATE ROLE intruder LOGIN SUPERUSER").await;
    let intruder = server.connect_options().username("intruder");
    let refusal = PgConnection::connect_with(&intruder).await.unwrap_err();
    assert!(refusal.to_string().contains("pg_hba.conf"), "{refusal}");
}

/// The directory already keeps others out; with it opened, peer authentication does. Root alone can pose as another.
fn only_our_account(server: &PrivateServer) {
    let nobody = Some(65534);
    let socket = socket_in(&server.url());
    assert!(psql(server, nobody).contains("Permission denied"));
    std::fs::set_permissions(&socket, support::permissions(0o755)).unwrap();
    std::fs::set_permissions(socket.join(".s.PGSQL.5432"), support::permissions(0o777)).unwrap();
    assert!(psql(server, nobody).contains("Peer authentication failed"));
    std::fs::set_permissions(&socket, support::permissions(0o700)).unwrap();
}

/// What `psql` says when it asks who it is.
fn psql(server: &PrivateServer, account: Option<u32>) -> String {
    let mut command = Command::new("psql");
    command.arg(server.url()).args(["-XAtc", "SELECT current_user"]).current_dir("/");
    if let Some(account) = account {
        command.uid(account).gid(account);
    }
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap().trim().to_owned()
}

fn works(program: &Path) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn a_directory_closed_to_the_servers_account_is_named() {
    if !support::we_are_root() {
        // A normal user runs the server herself.
        return;
    }
    let closed = tempfile::Builder::new().permissions(support::permissions(0o700)).tempdir().unwrap();
    // Not empty, or it would be opened for the purpose.
    std::fs::write(closed.path().join("secret"), "").unwrap();
    let place = place();
    let mut options = place.options();
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
