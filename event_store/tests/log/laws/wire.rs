//! A wire between a process and Postgres that loses answers: the server commits, and nobody is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::plan::Lost;

/// Stands in what binds the arguments of an append with events, and nowhere else.
const APPEND: &[u8] = br#""correlation":"#;

/// The server's last word on a statement outside a transaction: `ReadyForQuery`, idle.
const READY: &[u8] = b"Z\0\0\0\x05I";

/// Ends with its last connection.
pub(crate) struct Wire {
    directory: TempDir,
    lost: Arc<AtomicU32>,
}

impl Wire {
    /// A wire to where `options` lead, which loses the answers to the appends that `lose` counts from 0.
    pub(crate) fn new(options: &PgConnectOptions, lose: &[(u32, Lost)]) -> (Self, PgConnectOptions) {
        let server = options.get_socket().unwrap().join(".s.PGSQL.5432");
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let (lose, seen, lost) =
            (Arc::<[(u32, Lost)]>::from(lose), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let loses = Arc::clone(&lost);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = UnixStream::connect(&server).await else { continue };
                let connection =
                    Connection { lose: Arc::clone(&lose), seen: Arc::clone(&seen), lost: Arc::clone(&loses) };
                tokio::spawn(async move { connection.carry(client, server).await });
            }
        });
        let through = options.clone().socket(directory.path());
        (Self { directory, lost }, through)
    }

    /// How many answers it lost.
    pub(crate) fn lost(&self) -> u32 {
        assert!(self.directory.path().exists(), "the wire is there as long as it is used");
        self.lost.load(Ordering::SeqCst)
    }
}

struct Connection {
    lose: Arc<[(u32, Lost)]>,
    seen: Arc<AtomicU32>,
    lost: Arc<AtomicU32>,
}

impl Connection {
    /// Until either end closes, or an answer is lost.
    async fn carry(&self, mut client: UnixStream, mut server: UnixStream) -> Option<()> {
        let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut loses = false;
        let mut swallowed = Vec::new();
        loop {
            tokio::select! {
                length = client.read(&mut asked) => {
                    let asked = &asked[..length.ok().filter(|length| *length > 0)?];
                    server.write_all(asked).await.ok()?;
                    if asked.windows(APPEND.len()).any(|bytes| bytes == APPEND) {
                        let nth = self.seen.fetch_add(1, Ordering::SeqCst);
                        match self.lose.iter().find(|(number, _)| *number == nth) {
                            Some((_, Lost::Asked)) => {
                                self.lost.fetch_add(1, Ordering::SeqCst);
                                return None;
                            }
                            Some((_, Lost::Committed)) => loses = true,
                            None => {}
                        }
                    }
                }
                length = server.read(&mut answered) => {
                    let answered = &answered[..length.ok().filter(|length| *length > 0)?];
                    if !loses {
                        client.write_all(answered).await.ok()?;
                        continue;
                    }
                    swallowed.extend_from_slice(answered);
                    if swallowed.ends_with(READY) {
                        self.lost.fetch_add(1, Ordering::SeqCst);
                        return None;
                    }
                }
            }
        }
    }
}
