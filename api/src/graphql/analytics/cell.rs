//! A value of a report by name: what `analyticsEvents` is asked about. It is opaque to clients, says all that the value was
//! narrowed to, and gives nobody any right: what is behind it is read as everything is, as the viewer's.

use async_graphql::{Error, ID};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::ChannelId;
use leadflow_projections::Keyset;
use leadflow_projections::analytics::{Behind, Filter, Group, Only};
use uuid::Uuid;

use super::question::Asked;
use super::words::Metric;
use crate::graphql::failure::bad_input;
use crate::graphql::lead::LeadSource;
use crate::graphql::spelling::{read, spell};

/// No report is about a longer time: 366 days, and clocks that are put back.
const LONGEST: SignedDuration = SignedDuration::from_hours(367 * 24);

/// Names a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) metric: Metric,
    pub(super) version: i16,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) filter: Filter,
}

impl Cell {
    pub(super) fn new(asked: &Asked, (from, until): (Timestamp, Timestamp), filter: Filter) -> Self {
        Self { metric: asked.metric, version: asked.version, from, until, filter }
    }

    /// What the API calls it.
    pub(super) fn id(&self) -> ID {
        ID(URL_SAFE_NO_PAD.encode(self.text()))
    }

    /// What an id names.
    ///
    /// # Errors
    /// When this API has given no such id.
    pub(super) fn read(id: &ID) -> Result<Self, Error> {
        let decoded = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
            let cell = Self::parse(&text)?;
            // Only the spelling that `id` gives: one value has one name, and its cursors belong to that.
            (cell.text() == text).then_some(cell)
        };
        decoded().ok_or_else(|| bad_input("of", "`of` must be a `cell` that `analytics` gave"))
    }

    /// As the read model asks for what is behind it.
    pub(super) fn behind(&self) -> Behind {
        Behind {
            measure: self.metric.measure(),
            version: self.version,
            span: self.from..self.until,
            filter: self.filter,
        }
    }

    fn text(&self) -> String {
        let Filter { channel, member, source } = self.filter;
        format!(
            "Cell:{}:{}:{}:{}:{}:{}:{}",
            spell(self.metric),
            self.version,
            self.from.as_second(),
            self.until.as_second(),
            part(channel, |channel| channel.as_uuid().to_string()),
            part(member, |member| member.to_string()),
            part(source, |source| spell(LeadSource::from(source)).to_owned()),
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let ["Cell", metric, version, from, until, channel, member, source] = parts[..] else { return None };
        let time = |text: &str| Timestamp::from_second(text.parse().ok()?).ok();
        let (from, until) = (time(from)?, time(until)?);
        let length = from.duration_until(until);
        if from < Keyset::EARLIEST || length <= SignedDuration::ZERO || length > LONGEST {
            return None;
        }
        let uuid = |text: &str| Uuid::try_parse(text).ok();
        let asked = Asked::new(read(metric)?, Some(version.parse().ok()?)).ok()?;
        let filter = Filter {
            channel: read_part(channel, |text| Some(ChannelId::from_uuid(uuid(text)?)))?,
            member: read_part(member, uuid)?,
            source: read_part(source, |text| Some(read::<LeadSource>(text)?.into()))?,
        };
        Some(Self::new(&asked, (from, until), filter))
    }
}

/// What a filter comes to for one of the groups that the answer to it is split by.
pub(super) fn narrowed(filter: Filter, group: Group) -> Filter {
    match group {
        Group::Everything => filter,
        Group::Channel(of) => Filter { channel: of.map_or(Only::Without, Only::Of), ..filter },
        Group::Member(of) => Filter { member: of.map_or(Only::Without, Only::Of), ..filter },
        Group::Source(of) => Filter { source: of.map_or(Only::Without, Only::Of), ..filter },
    }
}

fn part<T>(only: Only<T>, spell: impl Fn(T) -> String) -> String {
    match only {
        Only::Any => "*".to_owned(),
        Only::Without => "-".to_owned(),
        Only::Of(this) => spell(this),
    }
}

fn read_part<T>(text: &str, of: impl Fn(&str) -> Option<T>) -> Option<Only<T>> {
    match text {
        "*" => Some(Only::Any),
        "-" => Some(Only::Without),
        text => of(text).map(Only::Of),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;
    use leadflow_domain::lead;

    use super::*;

    fn cells() -> Vec<Cell> {
        let uuid = Uuid::from_u128(7);
        let filters = [
            Filter::default(),
            Filter { channel: Only::Of(ChannelId::from_uuid(uuid)), member: Only::Without, source: Only::Any },
            Filter { channel: Only::Without, member: Only::Of(uuid), source: Only::Of(lead::LeadSource::WhatsApp) },
        ];
        let (from, until) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH + LONGEST);
        let metrics = Metric::items().iter().map(|item| Asked::new(item.value, None).unwrap());
        metrics.flat_map(|asked| filters.map(|filter| Cell::new(&asked, (from, until), filter))).collect()
    }

    #[test]
    fn an_id_comes_back_as_the_value_that_it_names() {
        let ids: std::collections::HashSet<_> = cells().iter().map(Cell::id).collect();
        assert_eq!(ids.len(), cells().len());
        for cell in cells() {
            assert_eq!(Cell::read(&cell.id()).unwrap(), cell);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let sound = "Cell:REPLY_TIME:1:0:900:*:*:*";
        let spelled = |text: &str| ID(URL_SAFE_NO_PAD.encode(text));
        assert!(Cell::read(&spelled(sound)).is_ok());
        for odd in [
            "",
            "Cell",
            "Lead:REPLY_TIME:1:0:900:*:*:*",
            "Cell:REPLY_TIMES:1:0:900:*:*:*",
            "Cell:reply_time:1:0:900:*:*:*",
            "Cell:REPLY_TIME:2:0:900:*:*:*",
            "Cell:REPLY_TIME:01:0:900:*:*:*",
            "Cell:REPLY_TIME:1:+0:900:*:*:*",
            "Cell:REPLY_TIME:1:0:0:*:*:*",
            "Cell:REPLY_TIME:1:900:0:*:*:*",
            "Cell:REPLY_TIME:1:0:40000000:*:*:*",
            "Cell:REPLY_TIME:1:-999999999999999:0:*:*:*",
            "Cell:REPLY_TIME:1:0:900:somewhere:*:*",
            "Cell:REPLY_TIME:1:0:900:*:somebody:*",
            "Cell:REPLY_TIME:1:0:900:*:*:RADIO",
            "Cell:REPLY_TIME:1:0:900:*:*:*:*",
        ] {
            assert!(Cell::read(&spelled(odd)).is_err(), "{odd}");
        }
        for odd in [ID(sound.to_owned()), ID("no base64!".to_owned()), ID(URL_SAFE_NO_PAD.encode([0xff, 0xfe]))] {
            assert!(Cell::read(&odd).is_err(), "{odd:?}");
        }
    }
}
