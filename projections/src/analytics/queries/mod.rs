//! What analytics are asked. Every query takes the tenant's context and is one statement.

mod behind;
mod counts;
mod durations;
mod now;
mod question;
mod resolved;

pub use behind::{FactRow, PointRow, facts, points};
pub use counts::counts;
pub use durations::{Durations, Figures, durations};
pub use now::{Now, now};
pub use question::{BadQuestion, Filter, Group, GroupBy, Series};
pub use resolved::{Resolved, resolved};
