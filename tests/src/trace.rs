//! What customers write, made up from a seed: the same seed gives the same texts, so a failure can be had again.
//!
//! The texts are chosen to be hard on whoever orders, merges or stores them: several customers write within one
//! second, some change their name in between, and every script and spelling that has broken an inbox occurs.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use anyhow::{Context as _, Result};
use leadflow_gateways::whatsapp::simulator::Text;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// 1 Nov 2026, 00:00 UTC: when the first customer writes, in unix seconds.
const BEGINNING: i64 = 1_793_491_200;

/// Brazil and Mexico are left out on purpose: their numbers have two spellings, which is another test's subject.
const COUNTRIES: [&str; 3] = ["9198", "4915", "2348"];

const NAMES: [&str; 10] = [
    "Asha Rao",
    "Jürgen Groß",
    "محمد العلي",
    "נועה לוי",
    "Nguyễn Thị Ánh",
    "李小龍",
    "Zoe\u{301} O'Brien",
    "👩\u{200d}💻 Dev",
    "Ọláyínká \"Tobi\"",
    "\u{202b}سارة\u{202c} <sara@example.com>",
];

const PHRASES: [&str; 12] = [
    "Hi! Is this still available?",
    "¿Cuánto cuesta? 50 % now, 50 % later",
    "مرحبا، كم السعر؟",
    "שלום, מתי אתם פתוחים?",
    "👋🏽 I'd like two",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦 table for four",
    "see https://example.com/a?b=c&d=e#f and mail me at me@example.com",
    "line one\nline two\ttabbed",
    "naïve vs nai\u{308}ve, one composed and one not",
    "\\ud83d is not an emoji, {\"nor\": \"json\"}",
    "日本語のメッセージ",
    "   spaces around   ",
];

/// An endless series of texts, of which every id occurs once and no time is before the last.
#[derive(Debug, Clone)]
pub struct Trace {
    seed: u64,
    rng: StdRng,
    customers: u32,
    written: u32,
    now: i64,
}

impl Trace {
    /// What `customers` different people write.
    #[must_use]
    pub fn new(seed: u64, customers: u32) -> Self {
        Self { seed, rng: StdRng::seed_from_u64(seed), customers, written: 0, now: BEGINNING }
    }

    /// Low numbers write most: the square of a uniform number is near 0 more often than near 1.
    fn somebody(&mut self) -> u32 {
        let near_zero = self.rng.random::<f64>().powi(2);
        (0..self.customers)
            .rev()
            .find(|customer| f64::from(*customer) <= near_zero * f64::from(self.customers))
            .unwrap_or(0)
    }
}

impl Iterator for Trace {
    type Item = Text;

    fn next(&mut self) -> Option<Text> {
        // Everybody writes once first, then the talkative do.
        let customer = if self.written < self.customers { self.written } else { self.somebody() };
        // One in three shares its second with the text before it.
        self.now += i64::from(self.rng.random_range(0..3_u8)) * i64::from(self.rng.random_range(1..60_u8));
        let renamed = customer.is_multiple_of(5) && self.rng.random_bool(0.5);
        let body = format!(
            "{} ({})",
            PHRASES.choose(&mut self.rng).unwrap_or(&"Hi!"),
            // Makes every text different, so that two of them mixed up can be told apart.
            self.written,
        );
        let text = Text {
            from: phone(customer),
            name: name(if renamed { customer + 1 } else { customer }, customer),
            id: format!("wamid.{:016X}{:08X}", self.seed, self.written.wrapping_mul(0x9E37_79B1)),
            timestamp: self.now,
            body,
        };
        self.written = self.written.checked_add(1)?;
        Some(text)
    }
}

/// The customer's number: digits without `+`, 12 of them.
fn phone(customer: u32) -> String {
    let country = COUNTRIES[customer as usize % COUNTRIES.len()];
    format!("{country}{customer:08}")
}

fn name(which: u32, customer: u32) -> String {
    format!("{} {customer}", NAMES[which as usize % NAMES.len()])
}

/// The seed to use: `LEADFLOW_TESTS_SEED`, else another one each time. Whoever draws one prints it.
///
/// # Errors
/// When the variable holds no number: another seed than the one asked for would repeat nothing.
pub fn seed() -> Result<u64> {
    match std::env::var("LEADFLOW_TESTS_SEED") {
        Ok(seed) => seed.parse().with_context(|| format!("LEADFLOW_TESTS_SEED={seed}")),
        // The standard library keys its hash maps from the system's entropy; no further crate is needed for a seed.
        Err(_) => Ok(RandomState::new().build_hasher().finish()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_seed_gives_one_trace() {
        let texts = |seed| Trace::new(seed, 20).take(300).collect::<Vec<_>>();
        assert_eq!(texts(7), texts(7));
        assert_ne!(texts(7), texts(8));
    }

    #[test]
    fn ids_and_bodies_are_unique_and_ids_are_not_in_the_order_of_time() {
        let texts: Vec<Text> = Trace::new(7, 20).take(3_000).collect();
        assert_eq!(texts.iter().map(|text| &text.id).collect::<BTreeSet<_>>().len(), texts.len());
        assert_eq!(texts.iter().map(|text| &text.body).collect::<BTreeSet<_>>().len(), texts.len());
        assert!(!texts.is_sorted_by_key(|text| &text.id));
    }

    #[test]
    fn every_customer_writes_times_tie_and_somebody_changes_her_name() {
        let texts: Vec<Text> = Trace::new(7, 20).take(500).collect();
        let mut names = BTreeMap::<&str, BTreeSet<&str>>::new();
        for text in &texts {
            names.entry(&text.from).or_default().insert(&text.name);
        }
        assert_eq!(names.len(), 20);
        assert!(names.values().any(|names| names.len() == 2));
        assert!(texts.windows(2).any(|pair| pair[0].timestamp == pair[1].timestamp && pair[0].from == pair[1].from));
        assert!(texts.is_sorted_by_key(|text| text.timestamp));
    }
}
