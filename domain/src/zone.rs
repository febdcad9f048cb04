//! Time zones, by their IANA names. Their rules are those that are compiled in, never the machine's: whatever is computed
//! with one is the same everywhere.

use std::sync::OnceLock;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Error, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// No time zone has this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be the IANA name of a time zone, such as `Europe/Rome`")]
pub struct UnknownZone;

impl Zone {
    /// Looks a name up, in whatever case it is written.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
        let zone = ZONES.get_or_init(TimeZoneDatabase::bundled).get(name).map_err(|_| UnknownZone)?;
        // jiff's own word for "it can't be known".
        if zone.is_unknown() || zone.iana_name().is_none() { Err(UnknownZone) } else { Ok(Self(zone)) }
    }

    /// Its name, as IANA writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }

    /// The first moment at which a clock there shows `time`, or, where clocks are put forward past it, a later time.
    ///
    /// # Errors
    /// That it is beyond what can be told of.
    pub fn first_moment(&self, time: DateTime) -> Result<Timestamp, Error> {
        let ambiguous = self.0.to_ambiguous_timestamp(time);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier(),
            AmbiguousOffset::Gap { after, .. } => {
                let before_the_change = after.to_timestamp(time)?;
                match self.0.following(before_the_change).next() {
                    Some(change) => Ok(change.timestamp()),
                    None => ambiguous.later(),
                }
            }
        }
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_zone_goes_by_its_iana_name() {
        assert_eq!(Zone::parse("europe/rome").unwrap().name(), "Europe/Rome");
        assert_eq!(Zone::parse("UTC").unwrap().name(), "UTC");
        for name in ["", "Europe/Atlantis", "CEST+1", "+02:00", "Etc/Unknown", "Europe/Rome "] {
            assert_eq!(Zone::parse(name), Err(UnknownZone), "{name}");
        }
    }

    #[test]
    fn what_clocks_show_begins_at_one_moment() {
        let rome = Zone::parse("Europe/Rome").unwrap();
        for (time, moment) in [
            (date(2026, 3, 28).at(2, 30, 0, 0), "2026-03-28T01:30:00Z"),
            // Put forward from 02:00 to 03:00.
            (date(2026, 3, 29).at(2, 30, 0, 0), "2026-03-29T01:00:00Z"),
            (date(2026, 3, 29).at(3, 0, 0, 0), "2026-03-29T01:00:00Z"),
            (date(2026, 3, 29).at(3, 30, 0, 0), "2026-03-29T01:30:00Z"),
            // Put back from 03:00 to 02:00: shown twice.
            (date(2026, 10, 25).at(2, 30, 0, 0), "2026-10-25T00:30:00Z"),
            (date(2026, 10, 25).at(3, 0, 0, 0), "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(rome.first_moment(time).unwrap().to_string(), moment, "{time}");
        }
        // No midnight that day.
        let cairo = Zone::parse("Africa/Cairo").unwrap();
        let midnight = date(2026, 4, 24).at(0, 0, 0, 0);
        assert_eq!(cairo.first_moment(midnight).unwrap().to_string(), "2026-04-23T22:00:00Z");
    }
}
