//! Smooth weighted round robin: whose turn it is.
//!
//! A pool goes round and round. In each round a member of weight w has w turns, spread evenly over it: the n-th one of all
//! rounds, counted from 0, is due at (2n + 1) / 2w of a round. Whoever's turn is due first among those who can take something
//! takes it, and the pool stands at that turn. What was due before it is over: who was not there then, or had no room, waits
//! for her next turn and catches up with nothing.
//!
//! So, while those who can take something and their weights stay the same, turns come in one order again and again, and *any*
//! stretch of as many assignments as all their weights together gives each her weight, wherever it begins.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PoolMembers, Weight};
use crate::MemberId;

/// A turn's place in a pool's rounds, in millionths of a round since its first one.
///
/// Fine enough to keep apart any two turns that are apart, by weights of up to 100.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Turn(u64);

/// Millionths.
const ROUND: u64 = 1_000_000;

impl Turn {
    /// Its number, in millionths of a round.
    #[must_use]
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// The `n`-th turn of a member of this weight, counted from 0.
    fn nth(weight: Weight, n: u64) -> Self {
        Self((2 * n + 1).saturating_mul(ROUND) / (2 * u64::from(weight.number())))
    }

    /// The first turn of a member of this weight from here on.
    fn or_next(self, weight: Weight) -> Self {
        let turns_before = self.0.saturating_mul(u64::from(weight.number())) / ROUND;
        // One less, for what rounding hid.
        let mut n = turns_before.saturating_sub(1);
        while Self::nth(weight, n) < self {
            n += 1;
        }
        Self::nth(weight, n)
    }
}

/// Who takes turns, and how far they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Rotation {
    /// The turn that was taken last.
    stands_at: Turn,
    members: BTreeMap<MemberId, Share>,
}

/// A member's part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Share {
    weight: Weight,
    /// The turn that she took last, or at which she joined.
    last: Turn,
}

impl Rotation {
    /// Who takes turns, with her weight and when her next turn is due.
    pub(super) fn members(&self) -> impl Iterator<Item = (MemberId, Weight, Turn)> {
        self.members.iter().map(|(member, share)| (*member, share.weight, self.due(*share)))
    }

    pub(super) fn contains(&self, member: MemberId) -> bool {
        self.members.contains_key(&member)
    }

    /// What comes first: turns that are due at one moment are taken by the greater weight first, then by id.
    pub(super) fn order(member: MemberId, weight: Weight, due: Turn) -> impl Ord {
        (due, Reverse(weight), member)
    }

    /// Her next turn: after the one she took, and none that is over.
    fn due(&self, Share { weight, last }: Share) -> Turn {
        self.stands_at.max(Turn(last.0 + 1)).or_next(weight)
    }

    /// Who takes turns from now on. Whoever is new waits for her next turn.
    pub(super) fn set(&mut self, members: PoolMembers) {
        let share = |(member, weight)| {
            let last = self.members.get(&member).map_or(self.stands_at, |known| known.last);
            (member, Share { weight, last })
        };
        self.members = members.into_iter().map(share).collect();
    }

    /// Those of `weights` who are here have these from now on.
    pub(super) fn reweigh(&mut self, weights: &PoolMembers) {
        for (member, share) in &mut self.members {
            share.weight = weights.get(member).copied().unwrap_or(share.weight);
        }
    }

    pub(super) fn take(&mut self, member: MemberId, turn: Turn) {
        self.stands_at = turn;
        if let Some(share) = self.members.get_mut(&member) {
            share.last = turn;
        }
    }

    pub(super) fn remove(&mut self, member: MemberId) {
        self.members.remove(&member);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn member(nth: u128) -> MemberId {
        MemberId::from_uuid(Uuid::from_u128(nth))
    }

    fn weights(weights: &[u8]) -> PoolMembers {
        let nth = (1_u128..).zip(weights);
        nth.map(|(nth, weight)| (member(nth), Weight::try_from(*weight).unwrap())).collect()
    }

    fn of(shares: &[u8]) -> Rotation {
        let mut rotation = Rotation::default();
        rotation.set(weights(shares));
        rotation
    }

    /// Whose turns come next among those who are `present`, by their number.
    fn turns(rotation: &mut Rotation, present: &[u128], count: usize) -> Vec<u128> {
        let turn = |_| {
            let members = rotation.members().filter(|(one, ..)| present.contains(&one.as_uuid().as_u128()));
            let (one, _, due) = members.min_by_key(|(one, weight, due)| Rotation::order(*one, *weight, *due)).unwrap();
            rotation.take(one, due);
            one.as_uuid().as_u128()
        };
        (0..count).map(turn).collect()
    }

    #[test]
    fn turns_are_spread_over_a_round() {
        assert_eq!(turns(&mut of(&[5, 2, 1]), &[1, 2, 3], 16), [1, 2, 1, 1, 3, 1, 2, 1, 1, 2, 1, 1, 3, 1, 2, 1]);
    }

    #[test]
    fn members_of_one_weight_take_turns() {
        assert_eq!(turns(&mut of(&[1, 1, 1]), &[1, 2, 3], 6), [1, 2, 3, 1, 2, 3]);
        assert_eq!(turns(&mut of(&[7, 7]), &[1, 2], 4), [1, 2, 1, 2]);
    }

    #[test]
    fn who_was_not_there_catches_up_with_nothing() {
        let mut rotation = of(&[1, 1, 1]);
        assert_eq!(turns(&mut rotation, &[1, 2, 3], 2), [1, 2]);
        assert_eq!(turns(&mut rotation, &[1, 2], 40), [1, 2].repeat(20));
        assert_eq!(turns(&mut rotation, &[1, 2, 3], 6), [3, 1, 2, 3, 1, 2]);
    }

    #[test]
    fn who_goes_and_comes_back_has_no_turn_twice() {
        let mut rotation = of(&[1, 1]);
        assert_eq!(turns(&mut rotation, &[1, 2], 1), [1]);
        let all = weights(&[1, 1]);
        rotation.set(all.clone().into_iter().skip(1).collect());
        rotation.set(all);
        assert_eq!(turns(&mut rotation, &[1, 2], 3), [2, 1, 2]);
    }

    #[test]
    fn any_two_turns_that_are_apart_are_kept_apart() {
        let every = (1..=Weight::MOST).map(|weight| Weight::try_from(weight).unwrap());
        let all: Vec<(u64, u64, Turn)> = every
            .flat_map(|weight| {
                let twice = 2 * u64::from(weight.number());
                (0..u64::from(weight.number())).map(move |n| (2 * n + 1, twice, Turn::nth(weight, n)))
            })
            .collect();
        for (above, below, turn) in &all {
            let other = all.iter().filter(|(a, b, _)| a * below != above * b);
            assert!(!other.map(|(.., other)| other).any(|other| other == turn), "{above}/{below}");
        }
    }

    #[test]
    fn the_next_turn_is_the_first_that_is_not_before() {
        for weight in [1, 2, 3, 7, 99, 100].map(|weight| Weight::try_from(weight).unwrap()) {
            for from in (0..3 * ROUND).step_by(997).map(Turn) {
                let first = (0..).map(|n| Turn::nth(weight, n)).find(|turn| *turn >= from).unwrap();
                assert_eq!(from.or_next(weight), first, "{weight:?} from {from:?}");
            }
        }
    }
}
