//! Who belongs together in a delivery: whatever may be about one person is carried out in its order, by whichever of her
//! identifiers it names her, and so is what is about one group.

use std::collections::HashMap;
use std::hash::Hash;

use leadflow_domain::StreamId;
use leadflow_domain::contact::HeldIdentifier;

/// What items of a delivery may have in common.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum About {
    /// Whoever is known by this.
    Person(HeldIdentifier),
    /// A group.
    Group(StreamId),
}

/// Items of a delivery, each with its place in it, by what they may have in common.
pub(super) struct Together<K, T> {
    places: HashMap<K, usize>,
    groups: Vec<Vec<(usize, T)>>,
}

impl<K: Eq + Hash, T> Together<K, T> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::new(), groups: Vec::new() }
    }

    /// Puts an item to all that share any of `keys` with it. Without a key it belongs to nobody else.
    pub(super) fn put(&mut self, keys: Vec<K>, nth: usize, item: T) {
        let mut shared: Vec<usize> = keys.iter().filter_map(|key| self.places.get(key).copied()).collect();
        shared.sort_unstable();
        shared.dedup();
        let group = shared.first().copied().unwrap_or_else(|| {
            self.groups.push(Vec::new());
            self.groups.len() - 1
        });
        for other in shared.into_iter().skip(1) {
            let moved = std::mem::take(&mut self.groups[other]);
            self.groups[group].extend(moved);
            self.places.values_mut().filter(|place| **place == other).for_each(|place| *place = group);
        }
        self.places.extend(keys.into_iter().map(|key| (key, group)));
        self.groups[group].push((nth, item));
    }

    /// The groups, each in the order of the delivery.
    pub(super) fn groups(self) -> impl Iterator<Item = Vec<(usize, T)>> {
        self.groups.into_iter().filter(|group| !group.is_empty()).map(|mut group| {
            group.sort_by_key(|(nth, _)| *nth);
            group
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(items: &[&[&'static str]]) -> Vec<Vec<usize>> {
        let mut together = Together::new();
        for (nth, keys) in items.iter().enumerate() {
            together.put(keys.to_vec(), nth, ());
        }
        together.groups().map(|group| group.into_iter().map(|(nth, ())| nth).collect()).collect()
    }

    #[test]
    fn one_who_is_named_in_two_ways_is_one() {
        assert_eq!(grouped(&[&["phone"], &["phone", "id"], &["id"]]), [[0, 1, 2]]);
        assert_eq!(grouped(&[&["phone"], &["id"], &["other"], &["id", "phone"], &["id"]]), [vec![0, 1, 3, 4], vec![2]]);
    }

    #[test]
    fn strangers_stay_apart() {
        assert_eq!(grouped(&[&["a"], &["b"], &[], &[]]), [[0], [1], [2], [3]]);
    }
}
