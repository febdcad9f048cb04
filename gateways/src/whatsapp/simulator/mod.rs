//! Plays Meta for WhatsApp: the Graph API that messages, media and templates go to, and the webhooks that tell of
//! customers and of what became of messages. And for lead forms of pages: what is filled in, told of, and read. It is written from Meta's documentation alone, and knows nothing of whoever
//! asks. What it does not play is in `docs/SIMULATOR.md`.

mod call;
mod chance;
mod clock;
mod control;
mod customers;
mod director;
mod fault;
mod leads;
mod line;
mod media;
mod messages;
mod node;
mod pace;
mod phones;
mod played;
mod posts;
mod refusal;
mod said;
mod seen;
mod server;
mod settings;
mod statuses;
mod templates;
#[cfg(test)]
mod tests;
mod webhooks;

pub use customers::{NotTold, On, Script, Written};
pub use director::{Director, TooLate};
pub use fault::{Answer, Fault, Mishap};
pub use leads::{Ad, Fill, Filled};
pub use posts::Posted;
pub use seen::{Accepted, MarkedRead, Outcome, Post, Request, Seen};
pub use server::Simulator;
pub use settings::{Delays, Mishaps, Settings};
pub use statuses::Status;
pub use templates::TemplateUpdate;
pub use webhooks::{BusinessNumber, Text, changes, escape_like_meta, messages_change, texts};
