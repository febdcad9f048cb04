use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use uuid::Uuid;

use super::super::definitions::{Count, Metric};
use super::super::point::{Happening, Moment, Point};
use super::Timeline;
use Happening::{
    Assigned, BotWrote, Captured, CustomerWrote, Disqualified, HumanWrote, Opened, Qualified, Reopened, Resolved,
    Snoozed, Unassigned, Woken,
};
use Metric::{
    CycleResolutionTime, FirstAssignmentToResponse, FirstResolutionTime, FirstResponseTime, HandlingTime,
    LastAssignmentToResponse, ReopenedAfterOwnResolve, ReplyTime, SpeedToLead, TimeAsDisqualified, TimeAsNew,
    TimeAsQualified, TotalOpenTime,
};

const ANNA: Uuid = Uuid::from_u128(0xA);
const BO: Uuid = Uuid::from_u128(0xB);

/// What happened, by the minute.
type Story<'a> = &'a [(i64, Happening)];

fn told(story: Story<'_>) -> (Timeline, Vec<super::Fact>, Vec<super::Credited>) {
    let (mut timeline, mut facts) = (Timeline::default(), Vec::new());
    let mut credited = Vec::new();
    for (nth, (minute, what)) in story.iter().enumerate() {
        let at = Timestamp::from_second(minute * 60).unwrap();
        let moment = Moment { at, event: Uuid::from_u128(u128::try_from(nth).unwrap()) };
        credited.push(timeline.step(&Point { moment, version: 1, what: *what }, &mut facts));
        // What is kept is all that the next one needs.
        let kept = serde_json::to_value(&timeline).unwrap();
        assert_eq!(serde_json::from_value::<Timeline>(kept).unwrap(), timeline);
    }
    (timeline, facts, credited)
}

/// What is measured of a metric: version, and from which minute to which.
fn measured(story: Story<'_>, metric: Metric) -> Vec<(i16, i64, i64)> {
    let minute = |moment: Moment| moment.at.as_second() / 60;
    let (_, facts, _) = told(story);
    let of_metric = facts.into_iter().filter(|fact| fact.metric == metric);
    of_metric.map(|fact| (fact.version, minute(fact.began), minute(fact.ended))).collect()
}

/// To whom it is credited.
fn members(story: Story<'_>, metric: Metric) -> Vec<Option<Uuid>> {
    let (_, facts, _) = told(story);
    facts.into_iter().filter(|fact| fact.metric == metric).map(|fact| fact.member).collect()
}

#[test]
fn the_first_human_answer_counts_from_the_opening() {
    let story: Story<'_> = &[(0, Opened), (0, CustomerWrote), (3, CustomerWrote), (5, HumanWrote), (9, HumanWrote)];
    assert_eq!(measured(story, FirstResponseTime), [(1, 0, 5), (2, 0, 5)]);
    assert_eq!(measured(story, ReplyTime), [], "the first response is none, and nobody waits for the second");
}

#[test]
fn by_one_definition_a_bot_s_last_answer_begins_the_wait_and_by_another_it_does_not() {
    let story: Story<'_> = &[
        (0, Opened),
        (0, CustomerWrote),
        (1, BotWrote),
        (2, CustomerWrote),
        (4, BotWrote),
        (10, HumanWrote),
        (11, BotWrote),
    ];
    assert_eq!(measured(story, FirstResponseTime), [(1, 4, 10), (2, 0, 10)]);
}

#[test]
fn what_the_business_began_counts_from_the_customer_s_first_message() {
    let story: Story<'_> = &[(0, HumanWrote), (1, Opened), (60, CustomerWrote), (62, HumanWrote)];
    assert_eq!(measured(story, FirstResponseTime), [(1, 60, 62), (2, 60, 62)]);
}

#[test]
fn a_later_answer_counts_from_the_first_message_that_nobody_answered() {
    let story: Story<'_> = &[
        (0, Opened),
        (0, CustomerWrote),
        (1, HumanWrote),
        (5, CustomerWrote),
        (6, CustomerWrote),
        (7, BotWrote),
        (9, HumanWrote),
        (20, CustomerWrote),
        (21, HumanWrote),
    ];
    assert_eq!(measured(story, ReplyTime), [(1, 5, 9), (1, 20, 21)]);
}

#[test]
fn what_is_resolved_waits_no_more() {
    let story: Story<'_> = &[
        (0, Opened),
        (0, CustomerWrote),
        (1, HumanWrote),
        (5, CustomerWrote),
        (6, Resolved),
        (90, Reopened),
        (90, CustomerWrote),
        (95, HumanWrote),
    ];
    assert_eq!(measured(story, ReplyTime), [(1, 90, 95)]);
}

#[test]
fn an_answer_counts_from_the_first_and_from_the_last_assignment_before_it() {
    let story: Story<'_> = &[
        (0, Opened),
        (0, CustomerWrote),
        (2, Assigned(ANNA)),
        (5, Assigned(BO)),
        (9, HumanWrote),
        (12, HumanWrote),
        (20, Assigned(ANNA)),
        (26, HumanWrote),
    ];
    assert_eq!(measured(story, FirstAssignmentToResponse), [(1, 2, 9), (1, 20, 26)]);
    assert_eq!(measured(story, LastAssignmentToResponse), [(1, 5, 9), (1, 20, 26)]);
    assert_eq!(members(story, LastAssignmentToResponse), [Some(BO), Some(ANNA)]);
}

#[test]
fn an_assignment_that_was_taken_back_is_not_measured() {
    let taken_back: Story<'_> = &[(0, Opened), (2, Assigned(ANNA)), (3, Unassigned), (9, HumanWrote)];
    let resolved: Story<'_> = &[(0, Opened), (2, Assigned(ANNA)), (3, Resolved), (8, Reopened), (9, HumanWrote)];
    for story in [taken_back, resolved] {
        assert_eq!(measured(story, FirstAssignmentToResponse), []);
        assert_eq!(measured(story, LastAssignmentToResponse), []);
    }
}

#[test]
fn each_cycle_ends_with_a_resolve_and_only_the_first_is_the_first() {
    let story: Story<'_> = &[(0, Opened), (10, Resolved), (30, Reopened), (45, Resolved), (46, Resolved)];
    assert_eq!(measured(story, FirstResolutionTime), [(1, 0, 10)]);
    assert_eq!(measured(story, CycleResolutionTime), [(1, 0, 10), (1, 30, 45)]);
    assert_eq!(measured(story, TotalOpenTime), [(1, 0, 10), (1, 30, 45)]);
}

#[test]
fn what_is_set_aside_is_not_open_and_its_cycle_goes_on() {
    let woken: Story<'_> = &[(0, Opened), (4, Assigned(ANNA)), (10, Snoozed), (30, Woken), (35, Resolved)];
    assert_eq!(measured(woken, TotalOpenTime), [(1, 0, 10), (1, 30, 35)]);
    assert_eq!(measured(woken, HandlingTime), [(1, 4, 10), (1, 30, 35)]);
    assert_eq!(measured(woken, CycleResolutionTime), [(1, 0, 35)]);
    let written_to: Story<'_> = &[(0, Opened), (10, Snoozed), (12, Snoozed), (30, Reopened), (35, Resolved)];
    assert_eq!(measured(written_to, TotalOpenTime), [(1, 0, 10), (1, 30, 35)]);
    assert_eq!(measured(written_to, CycleResolutionTime), [(1, 0, 35)]);
    let (_, _, credited) = told(written_to);
    assert_eq!(credited[3].counts_as, None, "it had not been resolved");
    let resolved: Story<'_> = &[(0, Opened), (10, Snoozed), (35, Resolved)];
    assert_eq!(measured(resolved, TotalOpenTime), [(1, 0, 10)]);
    assert_eq!(measured(resolved, CycleResolutionTime), [(1, 0, 35)]);
}

#[test]
fn a_member_handles_it_while_it_is_open_and_hers() {
    let story: Story<'_> = &[
        (0, Opened),
        (2, Assigned(ANNA)),
        (10, Assigned(BO)),
        (14, Unassigned),
        (20, Assigned(BO)),
        (21, Resolved),
        (22, Assigned(ANNA)),
        (30, Reopened),
        (33, Resolved),
    ];
    assert_eq!(measured(story, HandlingTime), [(1, 2, 10), (1, 10, 14), (1, 20, 21), (1, 30, 33)]);
    assert_eq!(members(story, HandlingTime), [Some(ANNA), Some(BO), Some(BO), Some(ANNA)]);
}

#[test]
fn what_comes_up_again_is_told_of_whoever_had_it_when_it_was_resolved() {
    let story: Story<'_> = &[
        (0, Opened),
        (2, Assigned(ANNA)),
        (10, Resolved),
        (12, Assigned(BO)),
        (30, Reopened),
        (31, Unassigned),
        (32, Resolved),
        (40, Reopened),
    ];
    assert_eq!(measured(story, ReopenedAfterOwnResolve), [(1, 10, 30)]);
    assert_eq!(members(story, ReopenedAfterOwnResolve), [Some(ANNA)]);
}

#[test]
fn the_first_message_to_a_lead_counts_from_its_capture() {
    let story: Story<'_> = &[
        (0, Captured(LeadSource::WhatsApp)),
        (0, Opened),
        (0, CustomerWrote),
        (1, BotWrote),
        (8, HumanWrote),
        (9, HumanWrote),
    ];
    assert_eq!(measured(story, SpeedToLead), [(1, 0, 8)]);
}

#[test]
fn a_lead_goes_from_stage_to_stage() {
    let story: Story<'_> =
        &[(0, Captured(LeadSource::WhatsApp)), (5, Qualified), (6, Qualified), (9, Disqualified), (14, Qualified)];
    assert_eq!(measured(story, TimeAsNew), [(1, 0, 5)]);
    assert_eq!(measured(story, TimeAsQualified), [(1, 5, 9)]);
    assert_eq!(measured(story, TimeAsDisqualified), [(1, 9, 14)]);
    let (_, _, credited) = told(story);
    let counts: Vec<_> = credited.iter().filter_map(|credited| credited.counts_as).collect();
    let expected = [Count::LeadsCaptured, Count::LeadsQualified, Count::LeadsDisqualified, Count::LeadsQualified];
    assert_eq!(counts, expected, "judged the same again is no other stage");
}

#[test]
fn everything_is_credited_to_whoever_has_it_then() {
    let story: Story<'_> = &[
        (0, Captured(LeadSource::WhatsApp)),
        (0, Opened),
        (1, CustomerWrote),
        (2, Assigned(ANNA)),
        (3, HumanWrote),
        (4, Unassigned),
        (5, Resolved),
    ];
    let (_, _, credited) = told(story);
    let members: Vec<_> = credited.iter().map(|credited| credited.member).collect();
    assert_eq!(members, [None, None, None, Some(ANNA), Some(ANNA), None, None]);
    assert!(credited.iter().all(|credited| credited.source == Some(LeadSource::WhatsApp)));
    assert_eq!(self::members(story, FirstResponseTime), [Some(ANNA), Some(ANNA)]);
    assert_eq!(self::members(story, FirstResolutionTime), [None]);
}
