//! The demo: a recorded day, played as a provider would send it, and read back as a client would; and after it customers who
//! write now, and are answered.

mod client;
mod inbox;
pub mod meta;
mod player;
mod recording;
mod talk;

pub use client::Client;
pub use inbox::Inbox;
pub use player::Player;
pub use recording::Recording;
pub use talk::{PlayedTalk, Talk, Tempo};
