//! This test binary as another process: one that can be killed, or given a hostile environment.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use leadflow_private_postgres::testing::Cluster;
use leadflow_private_postgres::{Options, PrivateServer, ServeLock};

use super::support;

const DATA_DIR: &str = "LEADFLOW_TEST_DATA_DIR";
const MARK: &str = "HELPER SAYS ";

/// Another running process of ours. Killed when dropped.
pub(super) struct OtherProcess {
    pub(super) said: String,
    process: Child,
    // Kept open: the test harness has its own last words to print.
    _stdout: BufReader<ChildStdout>,
}

/// Runs the process of that name until it has said something. It then waits to be killed or released.
pub(super) fn start(name: &str, data_dir: &Path, environment: &[(&str, &str)]) -> OtherProcess {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("private_postgres::other_process::{name}"), "--ignored", "--nocapture"]);
    command.env(DATA_DIR, data_dir).envs(environment.iter().copied());
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    let lines = stdout.by_ref().lines();
    let said = lines.map_while(Result::ok).find_map(|line| Some(line.split_once(MARK)?.1.to_owned()));
    OtherProcess { said: said.unwrap_or_else(|| panic!("{name} said nothing")), process, _stdout: stdout }
}

impl OtherProcess {
    /// By SIGKILL.
    pub(super) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it go on, to its end.
    pub(super) fn release(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn say_and_wait(message: &str) {
    println!("\n{MARK}{message}");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn options() -> Options {
    Options { data_dir: std::env::var_os(DATA_DIR).unwrap().into(), binaries: None, fetch: true }
}

#[tokio::test]
#[ignore = "a process of another test"]
async fn hold_the_server() {
    let _lock = ServeLock::acquire(&options().data_dir).unwrap();
    let server = PrivateServer::join(&options()).await.unwrap();
    say_and_wait("joined");
    server.leave().await.unwrap();
}

#[tokio::test]
#[ignore = "a process of another test"]
async fn join_query_and_leave() {
    let outcome = match PrivateServer::join(&options()).await {
        Err(error) => error.to_string(),
        Ok(server) => {
            let answer = support::query(&server.connect_options(), "SELECT current_user::text").await;
            server.leave().await.unwrap();
            answer
        }
    };
    say_and_wait(&outcome);
}

#[tokio::test]
#[ignore = "a process of another test"]
async fn hold_the_tests_cluster() {
    let database = Cluster::shared().await.database("empty", async |_| Ok(())).await;
    let cluster = support::query(&database.connect_options(), "SELECT current_setting('data_directory')").await;
    say_and_wait(&cluster);
}
