//! `setBusinessHours`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use jiff::civil::Date;
use leadflow_domain::Zone;
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::{BadHours, BadSchedule, Hours, Schedule, TenantCommand};

use super::business_hours::Weekday;
use super::mutate::{HoursOutcome, mutate};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, must_be_allowed};
use crate::graphql::payload::UserError;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetBusinessHours;

/// What `setBusinessHours` takes.
#[derive(InputObject)]
struct SetBusinessHoursInput {
    /// Where clocks show these hours: the IANA name of a time zone, such as `Europe/Rome`.
    time_zone: String,
    /// The hours of the days of the week, all of them; a day that is not here is closed.
    week: Vec<WeekdayHoursInput>,
    /// Dates with hours of their own, which count instead of those of the week; at most 400.
    dates: Option<Vec<DateHoursInput>>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// The hours of a day of the week.
#[derive(InputObject)]
pub(in crate::graphql) struct WeekdayHoursInput {
    /// The day.
    weekday: Weekday,
    /// From when until when, such as `09:00-13:00`, at most 8 that don't overlap. A day ends at `24:00`: what goes on after it
    /// belongs to the next day.
    hours: Vec<String>,
}

/// The hours of a date.
#[derive(InputObject)]
pub(in crate::graphql) struct DateHoursInput {
    /// The date.
    date: Date,
    /// From when until when, as of a day of the week; none when it is closed.
    hours: Vec<String>,
}

/// What `setBusinessHours` answers.
#[derive(SimpleObject)]
struct SetBusinessHoursPayload {
    #[graphql(flatten)]
    outcome: HoursOutcome,
}

#[Object]
impl SetBusinessHours {
    /// Says when the business is open, instead of what was said before, from now on: what lies before is measured by the hours
    /// of its time.
    async fn set_business_hours(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetBusinessHoursInput,
    ) -> Option<Result<SetBusinessHoursPayload, Error>> {
        let done = async {
            must_be_allowed(context, Request::of(context)?, Permission::ManageSettings).await?;
            let schedule = schedule("", &input.time_zone, &input.week, input.dates.as_deref())?;
            let command = TenantCommand::SetSchedule { schedule };
            mutate(context, input.idempotency_key.as_deref(), input.expected_version, command).await
        };
        answer(done, |outcome| SetBusinessHoursPayload { outcome }).await
    }
}

/// The hours that an input says; within `field`, if it is part of another.
pub(in crate::graphql) fn schedule(
    field: &str,
    time_zone: &str,
    week: &[WeekdayHoursInput],
    dates: Option<&[DateHoursInput]>,
) -> Result<Schedule, NotDone> {
    let named = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    let mut form = Form::default();
    let zone = form.read(&named("timeZone"), Zone::parse(time_zone));
    let week = week.iter().map(|day| Ok((day.weekday.into(), hours(&day.hours)?)));
    let week = form.read(&named("week.hours"), week.collect::<Result<Vec<_>, BadHours>>());
    let dates = dates.into_iter().flatten().map(|day| Ok((day.date, hours(&day.hours)?)));
    let dates = form.read(&named("dates.hours"), dates.collect::<Result<Vec<_>, BadHours>>());
    let said = zone.zip(week).zip(dates);
    let ((zone, week), dates) = form.all(said)?;
    Schedule::new(zone, week, dates).map_err(|error| {
        let wrong = match error {
            BadSchedule::Overlap | BadSchedule::TooManyADay | BadSchedule::NeverOpen => "week",
            BadSchedule::TooManyDates => "dates",
        };
        NotDone::Invalid(vec![UserError::invalid(&named(wrong), &error)])
    })
}

fn hours(spelled: &[String]) -> Result<Vec<Hours>, BadHours> {
    spelled.iter().map(|text| text.parse()).collect()
}
