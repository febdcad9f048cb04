//! The one place where randomness enters. Everything else takes what it needs as a parameter or derives it.

use uuid::Uuid;

/// `N` bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness to give: nothing safe can go on then.
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "the one place; without randomness no key or token is safe"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random uuid, for what nothing names: a new tenant, a request, a process.
#[must_use]
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// A duration between zero and `most`, so that those who collided don't collide again.
#[must_use]
pub fn jitter(most: std::time::Duration) -> std::time::Duration {
    most * u32::from(u16::from_be_bytes(bytes())) / u32::from(u16::MAX)
}
