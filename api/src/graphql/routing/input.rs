//! What mutations of routing are told, as they are written.

use std::collections::BTreeSet;

use async_graphql::{Error, ID, InputObject};
use leadflow_domain::routing::{CampaignKey, PoolMembers, PoolName, PoolTerms, Source, Weight};
use leadflow_domain::tenant::Schedule;
use leadflow_domain::{ChannelId, MemberId, SourceId, TeamId};

use super::types::RoutingSourceKind;
use crate::graphql::command::{Form, NotDone};
use crate::graphql::failure::bad_input;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::UserError;
use crate::graphql::plain_id::read_id;
use crate::graphql::tenant::{DateHoursInput, WeekdayHoursInput, schedule};

/// What a pool is to be, beside its members.
#[derive(InputObject)]
pub(super) struct RoutingPoolTermsInput {
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// Where what it gets comes from; no other pool serves any of these.
    serves: Vec<RoutingSourceInput>,
    /// Whether a customer comes back to who saw to her last, while that one is available; she does where nothing is said.
    keeps_last_agent: Option<bool>,
    /// When it gives out what it gets; outside of these hours that waits. Always, where nothing is said.
    hours: Option<ScheduleInput>,
}

/// Where something comes from.
#[derive(InputObject)]
pub(super) struct RoutingSourceInput {
    /// What kind of source.
    kind: RoutingSourceKind,
    /// Which: a team's uuid, a campaign's key of 1 to 100 characters, a lead source's uuid, a channel's id; nothing for everything.
    id: Option<ID>,
}

/// A member of a pool.
#[derive(InputObject)]
pub(super) struct RoutingPoolMemberInput {
    /// Her id, a uuid.
    member_id: ID,
    /// How much of what the pool gets falls to her, 1 to 100, beside the others' weights.
    weight: i32,
}

/// Hours by the day of the week, other hours or none on some dates.
#[derive(InputObject)]
pub(super) struct ScheduleInput {
    /// Where clocks show these hours: the IANA name of a time zone, such as `Europe/Rome`.
    time_zone: String,
    /// The hours of the days of the week, all of them; a day that is not here has none.
    week: Vec<WeekdayHoursInput>,
    /// Dates with hours of their own, which count instead of those of the week; at most 400.
    dates: Option<Vec<DateHoursInput>>,
}

impl RoutingPoolTermsInput {
    /// What they say.
    pub(super) fn read(&self) -> Result<PoolTerms, NotDone> {
        let mut form = Form::default();
        let name = form.read("terms.name", PoolName::parse(&self.name));
        let mut serves = BTreeSet::new();
        for source in &self.serves {
            serves.extend(form.read("terms.serves", source.read()?));
        }
        let name = form.all(name)?;
        let hours = self.hours.as_ref().map(|hours| hours.read("terms.hours")).transpose()?;
        Ok(PoolTerms { name, serves, keeps_last_agent: self.keeps_last_agent.unwrap_or(true), hours })
    }
}

impl RoutingSourceInput {
    /// What it says; what can be so and is not is told to whoever filled the form in.
    fn read(&self) -> Result<Result<Source, String>, Error> {
        let said =
            |what: &str| self.id.as_ref().ok_or_else(|| bad_input("serves", &format!("`serves`: {what} has an id")));
        Ok(match self.kind {
            RoutingSourceKind::Team => Ok(Source::Team(TeamId::from_uuid(read_id("serves", said("a team")?)?))),
            RoutingSourceKind::Campaign => {
                CampaignKey::parse(said("a campaign")?).map(Source::Campaign).map_err(|error| error.to_string())
            }
            RoutingSourceKind::LeadSource => {
                Ok(Source::LeadSource(SourceId::from_uuid(read_id("serves", said("a lead source")?)?)))
            }
            RoutingSourceKind::Channel => {
                let channel = decode_as(Kind::Channel, "serves", said("a channel")?)?;
                Ok(Source::Channel(ChannelId::from_uuid(channel)))
            }
            RoutingSourceKind::Everything if self.id.is_some() => Err("must name no id for everything".to_owned()),
            RoutingSourceKind::Everything => Ok(Source::Everything),
        })
    }
}

impl ScheduleInput {
    /// What it says; `field` is where it stands.
    pub(super) fn read(&self, field: &str) -> Result<Schedule, NotDone> {
        schedule(field, &self.time_zone, &self.week, self.dates.as_deref())
    }
}

/// Whom a pool consists of.
pub(super) fn pool_members(members: &[RoutingPoolMemberInput]) -> Result<PoolMembers, NotDone> {
    let mut form = Form::default();
    let mut read = PoolMembers::new();
    for RoutingPoolMemberInput { member_id, weight } in members {
        let member = MemberId::from_uuid(read_id("members.memberId", member_id)?);
        let weight = u8::try_from(*weight).map_err(|_| leadflow_domain::routing::NotAWeight).and_then(Weight::try_from);
        let Some(weight) = form.read("members.weight", weight) else { continue };
        if read.insert(member, weight).is_some() {
            let twice = UserError::invalid("members.memberId", &"names nobody twice");
            return Err(NotDone::Invalid(vec![twice]));
        }
    }
    form.all(Some(read))
}
