//! Chance that comes out the same each time.

/// splitmix64, whose author gives these constants.
#[derive(Debug, Clone)]
pub(in crate::cli::bench) struct Dice(u64);

impl Dice {
    pub(in crate::cli::bench) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly among `0..below`; 0 where there is nothing.
    pub(in crate::cli::bench) fn below(&mut self, below: usize) -> usize {
        let below = u128::try_from(below).unwrap_or(u128::MAX);
        // The high half of a product is below its factor.
        usize::try_from((u128::from(self.next()) * below) >> 64).unwrap_or_default()
    }

    /// So many times of 100.
    pub(in crate::cli::bench) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Among `0..below`, by Zipf's law with exponent 1 to a good approximation: half of all falls to the square root.
    pub(in crate::cli::bench) fn zipf(&mut self, below: usize) -> usize {
        // 53 bits are what a float holds.
        let even = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = ((below as f64 + 1.0).powf(even) - 1.0).max(0.0);
        // The cast of a float saturates.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies in 0..=below")]
        let rank = rank as usize;
        rank.min(below.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_within_its_bounds_and_prefers_the_first() {
        let mut dice = Dice::new(7);
        let mut seen = [0_usize; 100];
        for _ in 0..10_000 {
            assert!(dice.below(3) < 3);
            seen[dice.zipf(100)] += 1;
        }
        let half: usize = seen[..10].iter().sum();
        assert!((4_500..6_500).contains(&half), "{half} fell to the first ten");
        assert!(seen.iter().all(|times| *times > 0), "nobody is left out: {seen:?}");
        assert_eq!((dice.below(0), dice.zipf(1)), (0, 0));
    }
}
