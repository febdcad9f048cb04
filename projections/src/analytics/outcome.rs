//! All that is measured and counted in a conversation, and what changes when something comes late.

use std::collections::HashSet;
use std::hash::Hash;

use leadflow_domain::ChannelId;

use super::point::Point;
use super::timeline::{Credited, Fact, Timeline};

/// What points come to, in their order.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) points: Vec<(Point, Credited)>,
    pub(super) facts: Vec<Fact>,
}

/// What is to be taken away, and what added.
#[derive(Debug)]
pub(super) struct Change<T> {
    pub(super) gone: Vec<T>,
    pub(super) new: Vec<T>,
}

impl Outcome {
    /// Goes on from where `timeline` stands.
    pub(super) fn of(timeline: &mut Timeline, points: &[Point]) -> Self {
        let mut facts = Vec::new();
        let points = points.iter().map(|point| (*point, timeline.step(point, &mut facts))).collect();
        Self { points, facts }
    }

    /// How it is from now on instead of `before`, each credited to a channel.
    pub(super) fn instead_of(
        self,
        channel: Option<ChannelId>,
        before: Self,
        channel_before: Option<ChannelId>,
    ) -> (Change<(Point, Credited)>, Change<Fact>) {
        let same = channel == channel_before;
        (change(before.points, self.points, same), change(before.facts, self.facts, same))
    }
}

fn change<T: Eq + Hash + Clone>(before: Vec<T>, now: Vec<T>, same_channel: bool) -> Change<T> {
    if !same_channel {
        return Change { gone: before, new: now };
    }
    let (known, kept): (HashSet<T>, HashSet<T>) = (before.iter().cloned().collect(), now.iter().cloned().collect());
    Change {
        gone: before.into_iter().filter(|row| !kept.contains(row)).collect(),
        new: now.into_iter().filter(|row| !known.contains(row)).collect(),
    }
}
