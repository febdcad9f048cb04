//! A PostgreSQL server of our own, for those who have none.
//!
//! Where no database is given, LeadFlow runs one: a server on a unix socket under the data directory, started by the
//! first process that needs it, shared by all, stopped by the last one to leave. This crate knows how to find or fetch
//! the server's binaries, make a cluster, start, adopt, supervise and stop it. It knows nothing about events.
//!
//! ```no_run
//! # async fn run() -> Result<(), leadflow_private_postgres::Error> {
//! use leadflow_private_postgres::{Options, PrivateServer, default_data_dir};
//!
//! let options = Options { data_dir: default_data_dir()?, binaries: None, fetch: true };
//! let server = PrivateServer::join(&options).await?;
//! println!("psql '{}'", server.url());
//! // ... close your connections, then:
//! server.leave().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The rules
//!
//! * *Never two servers, never one stopped under another.* Three `flock`s in the data directory see to it; see
//!   `locks`. They end with the process that holds them, so a crash leaves no lock behind.
//! * *A killed LeadFlow leaves Postgres alive*: it has its own process group and writes to its own log. The next start
//!   adopts it.
//! * *A half-made cluster never counts*: `initdb` works in `data.new`, which is renamed when whole.
//! * *Exactly us*: no TCP, a socket in a directory of mode 0700, peer authentication mapped to our account (and root,
//!   when root runs us).
//! * *Root never runs a server*: Postgres refuses, and we give it an unprivileged account.
//!
//! [`testing`] uses the same parts for a cluster without durability that ends with the test process.

mod binaries;
mod cluster;
mod connection;
mod environment;
mod error;
mod locks;
mod options;
mod place;
mod server;
mod supervise;
pub mod testing;

pub use error::Error;
pub use locks::ServeLock;
pub use options::{Options, default_data_dir};
pub use server::PrivateServer;
pub use supervise::ServerState;
