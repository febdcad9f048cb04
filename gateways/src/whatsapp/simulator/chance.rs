//! Chance that the same seed repeats (`SplitMix64`), and names drawn from it.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn within(&mut self, range: &RangeInclusive<u64>) -> u64 {
        let width = range.end().saturating_sub(*range.start()).saturating_add(1);
        range.start().saturating_add(self.next() % width)
    }

    /// Whether it happens, where it happens to so many of a thousand.
    pub(super) fn happens(&mut self, of_a_thousand: u16) -> bool {
        self.next() % 1_000 < u64::from(of_a_thousand)
    }

    /// An id of Meta's that is a number.
    pub(super) fn id(&mut self) -> String {
        // Below 2^53: whoever reads it as a double reads the same.
        (1_000_000_000_000_000 + self.next() % 1_000_000_000_000_000).to_string()
    }

    /// What Meta tells errors apart by.
    pub(super) fn trace(&mut self) -> String {
        format!("A{:016X}", self.next())
    }

    /// A message's id, around the other side's number, as Meta makes them.
    pub(super) fn wamid(&mut self, phone: &str, from_customer: bool) -> String {
        let drawn = format!("{:016X}{:016X}", self.next(), self.next());
        let (direction, digits) = if from_customer { (0x12, 20) } else { (0x11, 18) };
        let drawn = &drawn[..digits];
        let length = |text: &str| u8::try_from(text.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![0x1c, 0x18, length(phone)];
        bytes.extend_from_slice(phone.as_bytes());
        bytes.extend_from_slice(&[0x15, 0x02, 0x00, direction, 0x18, length(drawn)]);
        bytes.extend_from_slice(drawn.as_bytes());
        bytes.push(0);
        format!("wamid.{}", STANDARD.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_repeats_and_ranges_hold() {
        let drawn = |seed| {
            let mut chance = Chance::of(seed);
            (chance.wamid("16505551234", false), chance.id(), chance.within(&(3..=5)), chance.within(&(7..=7)))
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1).0, drawn(2).0);
        for seed in 0..200 {
            let (wamid, _, few, one) = drawn(seed);
            assert!((3..=5).contains(&few) && one == 7);
            // As in Meta's own.
            assert!(wamid.starts_with("wamid.HBgLMTY1MDU1NTEyMzQVAgAR"), "{wamid}");
        }
        let mut chance = Chance::of(3);
        assert!(!chance.happens(0) && chance.happens(1_000));
    }
}
