//! What must hold of every measurement: each message was taken once, in its order, and no faster than it may.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use leadflow_bench::BenchError;
use leadflow_gateways::whatsapp::simulator::{Accepted, Seen};

use super::agents::Asked;
use super::words::Words;

/// A message that Meta has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// Which.
    pub(super) words: Words,
    /// Meta's id of the number that sent it.
    pub(super) number: String,
    /// Whole milliseconds since Meta was started.
    pub(super) at: u64,
}

impl Taken {
    /// By when it was taken, Meta having `started` then: the millisecond that had begun is counted in full.
    pub(super) fn by(&self, started: Instant) -> Instant {
        started + Duration::from_millis(self.at + 1)
    }
}

/// What Meta has seen of what was `asked`, and most messages of one number within any second, of which so many are `allowed`.
pub(super) fn look(seen: &Seen, asked: &[Asked], allowed: u32) -> Result<(Vec<Taken>, usize), BenchError> {
    let taken = seen.accepted().iter().map(read).collect::<Result<Vec<_>, _>>()?;
    once(asked, &taken)?;
    in_order(asked, &taken)?;
    let numbers: BTreeSet<&str> = taken.iter().map(|taken| taken.number.as_str()).collect();
    let most = numbers.into_iter().map(|number| seen.most_in_a_second(number)).max().unwrap_or_default();
    no_faster(most, seen.too_fast_for_pair().len(), allowed)?;
    Ok((taken, most))
}

fn read(accepted: &Accepted) -> Result<Taken, BenchError> {
    let text = accepted.body["text"]["body"].as_str().unwrap_or_default();
    let words = text.parse().map_err(|_| void(format!("nobody wrote `{text}`")))?;
    Ok(Taken { words, number: accepted.number.clone(), at: accepted.at })
}

/// Each was taken, and no more than once.
fn once(asked: &[Asked], taken: &[Taken]) -> Result<(), BenchError> {
    let mut missing: HashMap<Words, bool> = asked.iter().map(|asked| (asked.words, true)).collect();
    for taken in taken {
        match missing.entry(taken.words) {
            Entry::Occupied(mut is_missing) if *is_missing.get() => *is_missing.get_mut() = false,
            Entry::Occupied(_) => return Err(void(format!("message {} was taken twice", taken.words))),
            Entry::Vacant(_) => return Err(void(format!("message {} was taken, and nobody wrote it", taken.words))),
        }
    }
    match missing.iter().find(|(_, is_missing)| **is_missing) {
        Some((words, _)) => Err(void(format!("message {words} was never taken"))),
        None => Ok(()),
    }
}

/// None was taken before another of its conversation that had been answered when it was asked for.
fn in_order(asked: &[Asked], taken: &[Taken]) -> Result<(), BenchError> {
    let asked: HashMap<Words, &Asked> = asked.iter().map(|asked| (asked.words, asked)).collect();
    // Of each conversation, what was asked for last of all that was taken so far.
    let mut latest: HashMap<usize, &Asked> = HashMap::new();
    for taken in taken {
        let Some(this) = asked.get(&taken.words).copied() else { continue };
        let before = latest.entry(taken.words.conversation).or_insert(this);
        if this.answered < before.asked {
            return Err(void(format!("message {} was overtaken by {}", this.words, before.words)));
        }
        if this.asked > before.asked {
            *before = this;
        }
    }
    Ok(())
}

/// Neither of a number than is `allowed`, nor to anybody.
fn no_faster(most: usize, too_fast: usize, allowed: u32) -> Result<(), BenchError> {
    if most > allowed as usize {
        return Err(void(format!("{most} messages of a number came within a second, {allowed} may")));
    }
    if too_fast > 0 {
        return Err(void(format!("{too_fast} messages came too fast for their customer")));
    }
    Ok(())
}

fn void(why: String) -> BenchError {
    BenchError::Void(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(conversation: usize, nth: usize) -> Words {
        Words { conversation, nth }
    }

    /// Asked for and answered at these milliseconds.
    fn asked(start: Instant, words: Words, asked: u64, answered: u64) -> Asked {
        let at = |millis| start + Duration::from_millis(millis);
        Asked { words, due: at(asked), asked: at(asked), answered: at(answered) }
    }

    fn taken(order: &[Words]) -> Vec<Taken> {
        let taken = |(at, words): (usize, &Words)| Taken { words: *words, number: "1".to_owned(), at: at as u64 };
        order.iter().enumerate().map(taken).collect()
    }

    fn reason(result: Result<(), BenchError>) -> String {
        result.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn each_is_taken_once() {
        let start = Instant::now();
        let all = [asked(start, words(0, 0), 0, 1), asked(start, words(0, 1), 2, 3)];
        assert!(once(&all, &taken(&[words(0, 1), words(0, 0)])).is_ok());
        for (order, why) in [
            (&[words(0, 0)][..], "message 0/1 was never taken"),
            (&[words(0, 0), words(0, 1), words(0, 0)], "message 0/0 was taken twice"),
            (&[words(0, 0), words(0, 1), words(1, 0)], "nobody wrote it"),
        ] {
            let reason = reason(once(&all, &taken(order)));
            assert!(reason.contains(why), "{reason}");
        }
    }

    #[test]
    fn none_comes_faster_than_it_may() {
        assert!(no_faster(80, 0, 80).is_ok());
        assert!(reason(no_faster(81, 0, 80)).contains("81 messages of a number came within a second, 80 may"));
        assert!(reason(no_faster(80, 1, 80)).contains("too fast for their customer"));
    }

    #[test]
    fn none_overtakes_another_of_its_conversation_that_was_there_before_it() {
        let start = Instant::now();
        let all = [
            asked(start, words(0, 0), 0, 10),
            asked(start, words(0, 1), 20, 30),
            asked(start, words(0, 2), 25, 40),
            asked(start, words(1, 0), 0, 1),
        ];
        let order = |order: &[Words]| reason(in_order(&all, &taken(order)));
        assert_eq!(order(&[words(0, 0), words(0, 1), words(0, 2), words(1, 0)]), "");
        assert_eq!(order(&[words(0, 0), words(0, 2), words(0, 1)]), "", "both were asked for at once");
        assert!(order(&[words(0, 1), words(0, 0), words(0, 2)]).contains("message 0/0 was overtaken by 0/1"));
        assert!(order(&[words(0, 2), words(0, 1), words(0, 0)]).contains("message 0/0 was overtaken by 0/2"));
    }
}
