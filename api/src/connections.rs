//! How a serving process shares its connections to the database out, so that nothing holds up what is something else's.

/// The fewest with which everybody has enough: two claims of followers at once, and an append beside them.
pub const FEWEST: u32 = 7;

/// Of `connections`, those for the API's reads of read models. A read is short; work holds its connection while it waits for the log.
#[must_use]
pub fn for_reads(connections: u32) -> u32 {
    (connections / 3).max(1)
}

/// Of `connections`, those for what the API reads that is no read model's.
#[must_use]
pub fn for_other_reads(connections: u32) -> u32 {
    (connections / 8).max(1)
}

/// Of `connections`, those that find out who calls: all else waits for that.
#[must_use]
pub fn for_callers(connections: u32) -> u32 {
    (connections / 8).max(1)
}

/// Of `connections`, those for work: what comes in, commands, and what follows the log.
#[must_use]
pub fn for_work(connections: u32) -> u32 {
    connections - for_reads(connections) - for_other_reads(connections) - for_callers(connections)
}

/// Of those for work, as many as followers of the log may hold at a time. Without a bound they would take what intake and
/// appends need, as there are more followers with every read model.
#[must_use]
pub fn for_followers(connections: u32) -> u32 {
    (for_work(connections) / 2).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_enough() {
        for connections in FEWEST..=500 {
            let (work, followers) = (for_work(connections), for_followers(connections));
            assert!(followers >= 2 && work - followers >= 1, "{connections}: {followers} of {work}");
            assert!(work - followers >= connections / 5 || connections < 15, "{connections}: {followers} of {work}");
            assert!(work + for_reads(connections) + 2 <= connections, "{connections}");
        }
    }
}
