//! Aggregates as they stood after their last append from here, within a budget of bytes. Never trusted: the append
//! checks the version they stand at.

use std::any::Any;
use std::io;
use std::sync::Arc;

use cqrs_es::Aggregate;
use leadflow_domain::StreamId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::reader::Loaded;

/// What the cache keeps beside each aggregate: its key, its place in the queues, counters of the pointer.
const OVERHEAD: usize = 128;

/// How much more memory an aggregate takes than its values as they are written: the rooms that vectors and maps keep, and the
/// allocator's, are not counted one by one (measured: `bench append`, `T3/cached-aggregate/resident`).
const ROOM: usize = 2;

type Key = (&'static str, StreamId);

/// Aggregates of all kinds under one budget. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AggregateCache(Arc<Cache<Key, Entry, ByBytes>>);

#[derive(Clone)]
struct Entry {
    aggregate: Arc<dyn Any + Send + Sync>,
    bytes: usize,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Entry> for ByBytes {
    fn weight(&self, _key: &Key, entry: &Entry) -> u64 {
        entry.bytes as u64
    }
}

impl AggregateCache {
    /// A cache that holds some `budget` bytes; 0 keeps nothing.
    pub(crate) fn new(budget: usize) -> Self {
        // A guess at how many there will be, which only sizes the first tables.
        let entries = (budget / 512).clamp(16, 100_000);
        Self(Arc::new(Cache::with_weighter(entries, budget as u64, ByBytes)))
    }

    pub(crate) fn get<A: Aggregate + 'static>(&self, stream: StreamId) -> Option<Arc<Loaded<A>>> {
        let entry = self.0.get(&(A::TYPE, stream))?;
        entry.aggregate.downcast().ok()
    }

    pub(crate) fn put<A: Aggregate + 'static>(&self, stream: StreamId, loaded: Loaded<A>) {
        let bytes = bytes(&loaded);
        self.0.insert((A::TYPE, stream), Entry { aggregate: Arc::new(loaded), bytes });
    }

    pub(crate) fn remove<A: Aggregate + 'static>(&self, stream: StreamId) {
        self.0.remove(&(A::TYPE, stream));
    }

    /// How many aggregates are kept, and the bytes they count for.
    pub(crate) fn usage(&self) -> CacheUsage {
        CacheUsage { aggregates: self.0.len(), bytes: self.0.weight() }
    }
}

/// What the cache of aggregates holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUsage {
    /// Aggregates kept.
    pub aggregates: usize,
    /// Bytes they count for: twice their own, their state's values as long as JSON writes them and the cache's bookkeeping.
    pub bytes: u64,
}

fn bytes<A: Aggregate>(loaded: &Loaded<A>) -> usize {
    let mut values = Counting(0);
    // A state that can't be written can't be weighed either; it is counted without its values.
    let _ = serde_json::to_writer(&mut values, &loaded.state);
    ROOM * (OVERHEAD + size_of::<Loaded<A>>() + values.0)
}

struct Counting(usize);

impl io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::lead::Lead;
    use leadflow_domain::tenant::Tenant;
    use uuid::Uuid;

    use super::*;

    fn stream(number: u128) -> StreamId {
        StreamId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn kinds_don_t_meet() {
        let cache = AggregateCache::new(1 << 20);
        cache.put(stream(1), Loaded::<Tenant>::default());
        assert!(cache.get::<Tenant>(stream(1)).is_some());
        assert!(cache.get::<Lead>(stream(1)).is_none());
    }

    #[test]
    fn it_stays_within_its_budget() {
        let cache = AggregateCache::new(64 << 10);
        for number in 0..10_000 {
            cache.put(stream(number), Loaded::<Tenant>::default());
        }
        let usage = cache.usage();
        assert!(usage.bytes <= 64 << 10 && usage.aggregates > 50, "{usage:?}");
    }

    #[test]
    fn a_budget_of_nothing_keeps_nothing() {
        let cache = AggregateCache::new(0);
        cache.put(stream(1), Loaded::<Tenant>::default());
        assert!(cache.get::<Tenant>(stream(1)).is_none());
    }
}
