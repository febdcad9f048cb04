//! What analytics are asked. Every query takes the tenant's context and is one statement.

mod behind;
mod counts;
mod durations;
mod question;
mod resolved;
mod schedule;

#[cfg(feature = "testing")]
pub use behind::explain_behind;
pub use behind::{Behind, EventRow, Measured, Span, behind, count_behind};
pub use counts::counts;
pub use durations::{Durations, Figures, durations};
pub use question::{Answer, BadQuestion, Filter, Group, GroupBy, Only, Question, Series, TooMuch};
pub use resolved::{Resolved, resolved};
pub use schedule::schedule;
