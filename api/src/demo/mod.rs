//! The demo: a recorded day, played as a provider would send it, and read back as a client would.

mod inbox;
mod player;
mod recording;

pub use inbox::Inbox;
pub use player::Player;
pub use recording::Recording;
