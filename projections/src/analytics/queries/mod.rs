//! What analytics are asked. Every query takes the tenant's context and is one statement.

mod behind;
mod counts;
mod durations;
mod now;
mod question;
mod resolved;
mod schedule;

pub use behind::{FactRow, PointRow, Span, count_facts, count_points, facts, points};
pub use counts::counts;
pub use durations::{Durations, Figures, durations};
pub use now::{Now, now};
pub use question::{BadQuestion, Filter, Group, GroupBy, Only, Series};
pub use resolved::{Resolved, resolved};
pub use schedule::schedule;
