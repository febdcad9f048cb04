//! PostgreSQL for tests: one cluster per test process, one database per test.
//!
//! The cluster starts when the first test asks, in memory where there is room, without durability. It ends with the
//! process, however that ends: see `watcher`. Each test gets a copy of a template, which takes a few hundredths of a
//! second; the template is made once.
//!
//! ```no_run
//! # async fn a_test() {
//! use leadflow_private_postgres::testing::Cluster;
//!
//! let cluster = Cluster::shared().await;
//! let database = cluster.database("hash of the migrations", async |options| {
//!     // connect with `options`, run the migrations
//!     # drop(options);
//!     Ok(())
//! }).await;
//! let options = database.connect_options();
//! # }
//! ```
//!
//! What fails here fails the test, so these functions panic. They never look at `DATABASE_URL`.

mod cluster;
mod database;
mod directory;
mod template;
mod watcher;

pub use cluster::Cluster;
pub use database::TestDatabase;

/// What preparing a template may fail with.
pub type PrepareError = Box<dyn std::error::Error + Send + Sync>;
