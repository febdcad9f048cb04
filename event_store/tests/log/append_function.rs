//! What the append function says to groups that hold everything at once: commands twice, commands refused beside others
//! that stand, facts taken and asserted in one call. Its plain path and its slow path say the same.

use leadflow_event_store::verify;
use sqlx::PgPool;
use uuid::Uuid;

use crate::call::{Command, Said, Subject, append, append_knowing, appended, said};
use crate::support::{Log, OTHER_TENANT};

fn outcome(said: &Said) -> &str {
    &said.0
}

fn outcomes(said: &[Said]) -> Vec<&str> {
    said.iter().map(outcome).collect()
}

/// Something that never stands, so that the group it is in takes the slow path.
fn stray() -> Command {
    Command { expected: 77, ..Command::new(9_999, 9_999, 1) }
}

fn made_here(id: u128, key: u8) -> Subject {
    Subject { id, generation: 1, made_here: Some(vec![key]), erases: false }
}

fn erasing(id: u128) -> Subject {
    Subject { id, generation: 0, made_here: None, erases: true }
}

async fn sound(log: &Log, events: i64) {
    let report = verify::verify(&log.store, |_| ()).await.unwrap();
    // No event of ours speaks of the facts and erasures that are made up here.
    let made_up = |told: &&String| told.starts_with("reservation test ") || told.contains("no event erased her");
    let problems: Vec<_> = report.problems.iter().filter(|told| !made_up(told)).collect();
    assert!(problems.is_empty() && report.events == events, "{report:?}");
}

async fn owner(pool: &PgPool, value: &str) -> Option<String> {
    let sql = "select owner_id from reservations where value = $1";
    sqlx::query_scalar(sql).bind(value).fetch_optional(pool).await.unwrap()
}

/// Receipts: command, outcome, position, version.
async fn receipts(pool: &PgPool) -> Vec<(u128, String, i64, i64)> {
    let rows: Vec<(Uuid, String, i64, i64)> =
        sqlx::query_as("select command_id, outcome, position, version from receipts order by command_id")
            .fetch_all(pool)
            .await
            .unwrap();
    rows.into_iter().map(|(id, outcome, position, version)| (id.as_u128(), outcome, position, version)).collect()
}

#[tokio::test]
async fn both_paths_answer_alike() {
    // Three streams, interleaved; the middle one has a no-op and a refusal between what happens.
    let (a, b, c) = (Command::new(1, 1, 2), Command::new(2, 2, 1), Command::new(3, 3, 3));
    let a_unchanged = Command::new(4, 1, 0).after(&a).coming_to("unchanged");
    let a_more = Command::new(5, 1, 1).after(&a_unchanged);
    let b_refused = Command::new(6, 2, 0).after(&b).coming_to("refused");
    let b_more = Command::new(7, 2, 2).after(&b_refused);
    let d_refused = Command::new(8, 4, 0).coming_to("refused");
    let group: Vec<Command> = [a, b, a_unchanged, c, b_refused, a_more, d_refused, b_more]
        .into_iter()
        .map(|command| command.asked("request"))
        .collect();
    let expected = [
        appended(2, 2),
        appended(3, 1),
        said("unchanged", 2, 2),
        appended(6, 3),
        said("refused", 3, 1),
        appended(7, 3),
        said("refused", 0, 0),
        appended(9, 3),
    ];
    let kept = [(1, 2, 2), (2, 3, 1), (3, 6, 3), (4, 2, 2), (5, 7, 3), (6, 3, 1), (7, 9, 3), (8, 0, 0)];
    for slow in [false, true] {
        let log = Log::new().await;
        let sent = if slow { [&group[..], &[stray()]].concat() } else { group.clone() };
        let told = append(&log.pool, &sent).await;
        assert_eq!(told[..group.len()], expected, "slow: {slow}");
        let of_receipts: Vec<(u128, i64, i64)> =
            receipts(&log.pool).await.into_iter().map(|(id, _, position, version)| (id, position, version)).collect();
        assert_eq!(of_receipts, kept, "slow: {slow}");
        sound(&log, 9).await;
        // The same again, as after an answer that got lost: the same numbers, and nothing more in the log.
        let again = append(&log.pool, &group).await;
        for (told, (outcome, position, version)) in again.iter().zip(&expected) {
            assert_eq!(*told, (format!("before_{outcome}"), *position, *version), "slow: {slow}");
        }
        sound(&log, 9).await;
    }
}

#[tokio::test]
async fn a_command_that_was_settled_without_a_receipt_is_found_by_its_events() {
    let log = Log::new().await;
    let (a, b) = (Command::new(1, 1, 3), Command::new(2, 2, 2));
    append(&log.pool, &[a.clone(), b.clone()]).await;
    // In the middle of the log, at its end, and with neighbours that are new.
    let c = Command::new(3, 1, 1).after(&a);
    let told = append(&log.pool, &[a, c, b, Command::new(4, 5, 1)]).await;
    assert_eq!(told, [said("before_appended", 3, 3), appended(6, 4), said("before_appended", 5, 2), appended(7, 1)]);
    sound(&log, 7).await;
}

#[tokio::test]
async fn one_command_many_times_in_a_group_happens_once() {
    let log = Log::new().await;
    let once = Command::new(1, 1, 2).asked("request");
    let other = Command::new(1, 1, 2).asked("another");
    let told = append(&log.pool, &[once.clone(), once.clone(), other, once]).await;
    assert_eq!(
        told,
        [
            appended(2, 2),
            said("before_appended", 2, 2),
            ("key_reused".to_owned(), None, None),
            said("before_appended", 2, 2)
        ]
    );
    sound(&log, 2).await;
}

#[tokio::test]
async fn what_was_decided_on_what_did_not_come_to_pass_is_decided_again() {
    let log = Log::new().await;
    let first = Command::new(1, 1, 1);
    append(&log.pool, std::slice::from_ref(&first)).await;
    // Another process appends the very version that this group takes for its own.
    append(&log.pool, &[Command::new(2, 1, 1).after(&first)]).await;
    let mine = Command::new(3, 1, 1).after(&first);
    let on_mine = Command::new(4, 1, 1).after(&mine);
    let no_op_on_mine = Command::new(5, 1, 0).after(&mine).coming_to("unchanged").asked("request");
    let told = append(&log.pool, &[mine, on_mine, no_op_on_mine, Command::new(6, 6, 1)]).await;
    assert_eq!(outcomes(&told), ["conflict", "conflict", "conflict", "appended"]);
    assert_eq!(receipts(&log.pool).await, []);
    sound(&log, 3).await;
}

#[tokio::test]
async fn a_version_alone_is_not_enough() {
    let log = Log::new().await;
    let first = Command::new(1, 1, 1);
    append(&log.pool, std::slice::from_ref(&first)).await;
    let elsewhere = Command { expected: 1, expected_event: Uuid::from_u128(99), ..Command::new(2, 1, 1) };
    for outcome in [None, Some("unchanged"), Some("refused")] {
        let command = Command { outcome, events: i32::from(outcome.is_none()), ..elsewhere.clone() };
        assert_eq!(outcomes(&append(&log.pool, &[command]).await), ["conflict"], "{outcome:?}");
    }
}

/// A caller who lies about what it has seen shows what is looked up.
#[tokio::test]
async fn what_was_seen_is_not_looked_up_while_nobody_else_has_appended() {
    let log = Log::new().await;
    append(&log.pool, &[Command::new(1, 1, 1)]).await;
    append(&log.pool, &[Command::new(2, 2, 1)]).await;
    let elsewhere = Command { expected: 1, expected_event: Uuid::from_u128(99), ..Command::new(3, 1, 1) };
    let group = std::slice::from_ref(&elsewhere);
    for (known, outcome) in
        [(None, "conflict"), (Some((1, 0)), "conflict"), (Some((2, 1)), "conflict"), (Some((2, 0)), "appended")]
    {
        assert_eq!(outcomes(&append_knowing(&log.pool, group, known).await), [outcome], "{known:?}");
    }
    // The indexes are asked whatever was seen.
    let taken = Command { expected: 1, ..Command::new(4, 1, 1) };
    assert_eq!(outcomes(&append_knowing(&log.pool, &[taken], Some((3, 0))).await), ["conflict"]);
    // So is the stream of what comes to no event.
    let unchanged = Command { expected: 1, ..Command::new(5, 1, 0) }.coming_to("unchanged");
    assert_eq!(outcomes(&append_knowing(&log.pool, &[unchanged], Some((3, 0))).await), ["conflict"]);
}

#[tokio::test]
async fn a_group_of_256_with_one_bad_command_loses_that_one() {
    let log = Log::new().await;
    let mut group: Vec<Command> = (0..256).map(|number| Command::new(number + 1, number, 1)).collect();
    group[100].expected = 5;
    group[200] = Command { tenant: OTHER_TENANT.as_uuid(), ..Command::new(9_000, 199, 1).after(&group[199]) };
    let told = append(&log.pool, &group).await;
    assert_eq!(outcome(&told[100]), "conflict");
    assert_eq!(outcome(&told[200]), "foreign_stream");
    let positions: Vec<i64> =
        told.iter().filter(|said| outcome(said) == "appended").map(|said| said.1.unwrap()).collect();
    assert_eq!(positions, (1..=254).collect::<Vec<_>>(), "a refused command burns no position");
    sound(&log, 254).await;
}

#[tokio::test]
async fn what_one_command_of_a_group_takes_another_finds_taken() {
    for slow in [false, true] {
        let log = Log::new().await;
        let mut group = vec![
            Command::new(1, 1, 1).changing("take", "x"),
            Command::new(2, 2, 1).changing("take", "x").asked("request"),
            Command::new(3, 3, 1).asserting("x", 1),
            Command::new(4, 4, 1).asserting("x", 2),
            Command::new(5, 5, 1).asserting("y", 1),
        ];
        if slow {
            group.push(stray());
        }
        let told = append(&log.pool, &group).await;
        assert_eq!(outcomes(&told)[..5], ["appended", "reserved", "appended", "not_held", "not_held"], "slow: {slow}");
        assert_eq!(owner(&log.pool, "x").await, Some(Uuid::from_u128(1).to_string()));
        assert_eq!(receipts(&log.pool).await, [(2, "reserved".to_owned(), 0, 0)]);
        sound(&log, 2).await;
    }
}

#[tokio::test]
async fn an_assertion_alone_in_its_group_is_checked_too() {
    let log = Log::new().await;
    let alone = async |command: Command| outcome(&append(&log.pool, &[command]).await[0]).to_owned();
    assert_eq!(alone(Command::new(1, 1, 1).asserting("x", 7)).await, "not_held");
    assert_eq!(alone(Command::new(2, 7, 1).changing("take", "x")).await, "appended");
    assert_eq!(alone(Command::new(3, 1, 1).asserting("x", 8)).await, "not_held");
    assert_eq!(alone(Command::new(4, 1, 1).asserting("x", 7)).await, "appended");
    assert_eq!(alone(Command::new(5, 2, 0).asserting("x", 8).coming_to("unchanged")).await, "not_held");
    let mut giving_up = Command::new(6, 7, 1).after(&Command::new(2, 7, 1)).changing("release", "x");
    assert_eq!(alone(giving_up.clone()).await, "appended");
    assert_eq!(alone(Command::new(7, 3, 1).asserting("x", 7)).await, "not_held");
    assert_eq!(owner(&log.pool, "x").await, None);
    // Giving up what another holds takes nothing from it.
    assert_eq!(alone(Command::new(8, 8, 1).changing("take", "x")).await, "appended");
    giving_up = Command::new(9, 7, 1).after(&giving_up).changing("release", "x");
    assert_eq!(alone(giving_up).await, "appended");
    assert_eq!(owner(&log.pool, "x").await, Some(Uuid::from_u128(8).to_string()));
}

#[tokio::test]
async fn what_rests_on_another_stream_stands_while_that_is_where_it_was_seen() {
    let log = Log::new().await;
    let alone = async |command: Command| outcome(&append(&log.pool, &[command]).await[0]).to_owned();
    let first = Command::new(1, 1, 2);
    assert_eq!(alone(Command::new(2, 2, 1).resting_on(1, 1)).await, "not_held", "nothing ever happened there");
    assert_eq!(alone(Command::new(3, 3, 1).resting_on(1, 0)).await, "appended");
    assert_eq!(alone(first.clone()).await, "appended");
    for (seen, said) in [(0_u32, "not_held"), (1, "not_held"), (3, "not_held"), (2, "appended")] {
        assert_eq!(
            alone(Command::new(10 + u128::from(seen), 10 + u128::from(seen), 1).resting_on(1, seen.into())).await,
            said,
            "{seen}"
        );
    }
    // What was done before is told again, wherever that stands now.
    assert_eq!(alone(Command::new(4, 1, 1).after(&first)).await, "appended");
    assert_eq!(alone(Command::new(12, 12, 1).resting_on(1, 2)).await, "before_appended");
    assert_eq!(alone(Command::new(5, 5, 0).resting_on(1, 2).coming_to("unchanged")).await, "not_held");
    sound(&log, 5).await;
}

#[tokio::test]
async fn what_a_group_does_to_a_stream_counts_for_those_behind_it_that_rest_on_it() {
    for slow in [false, true] {
        let log = Log::new().await;
        let mut group = vec![
            Command::new(1, 1, 1).resting_on(9, 0),
            Command::new(2, 9, 1),
            Command::new(3, 3, 1).resting_on(9, 0),
            Command::new(4, 4, 1).resting_on(9, 1),
        ];
        if slow {
            group.push(stray());
        }
        let told = append(&log.pool, &group).await;
        assert_eq!(outcomes(&told)[..4], ["appended", "appended", "not_held", "appended"], "slow: {slow}");
        sound(&log, 3).await;
    }
}

#[tokio::test]
async fn one_command_gives_up_and_takes_in_its_order() {
    let log = Log::new().await;
    let taking = Command::new(1, 1, 1).changing("take", "x");
    append(&log.pool, std::slice::from_ref(&taking)).await;
    let swap = Command::new(2, 1, 2).after(&taking).changing("release", "x").changing("take", "x");
    let leave = Command::new(3, 1, 2).after(&swap).changing("take", "x").changing("release", "x");
    let next = Command::new(4, 2, 1).changing("take", "x");
    let told = append(&log.pool, std::slice::from_ref(&swap)).await;
    assert_eq!(
        (outcomes(&told), owner(&log.pool, "x").await),
        (vec!["appended"], Some(Uuid::from_u128(1).to_string()))
    );
    let told = append(&log.pool, &[leave, next]).await;
    assert_eq!(outcomes(&told), ["appended", "appended"]);
    assert_eq!(owner(&log.pool, "x").await, Some(Uuid::from_u128(2).to_string()));
}

#[tokio::test]
async fn a_refused_command_leaves_no_key_behind() {
    let log = Log::new().await;
    let keys = async || {
        let sql = "select subject_id, wrapped_key from data_subjects order by subject_id";
        let rows: Vec<(Uuid, Option<Vec<u8>>)> = sqlx::query_as(sql).fetch_all(&log.pool).await.unwrap();
        rows.into_iter().map(|(id, key)| (id.as_u128(), key)).collect::<Vec<_>>()
    };
    let conflicting = Command { expected: 5, ..Command::new(1, 1, 1).about(made_here(1, 1)) };
    let not_held = Command::new(2, 2, 1).about(made_here(2, 1)).asserting("x", 1);
    append(&log.pool, &[conflicting, not_held]).await;
    assert_eq!(keys().await, []);
    // Two processes make a key for one person at once: the second must look again, and only then.
    let told = append(
        &log.pool,
        &[
            Command::new(3, 3, 1).about(made_here(3, 1)),
            Command::new(4, 4, 1).about(made_here(3, 2)),
            Command::new(5, 5, 1).about(made_here(3, 1)),
        ],
    )
    .await;
    assert_eq!(outcomes(&told), ["appended", "key_changed", "appended"]);
    assert_eq!(keys().await, [(3, Some(vec![1]))]);
    // Without the key it was told to store, a command can't know what to seal with.
    let lost = Subject { made_here: None, ..made_here(9, 1) };
    assert_eq!(outcomes(&append(&log.pool, &[Command::new(6, 6, 1).about(lost)]).await), ["key_changed"]);
}

#[tokio::test]
async fn nothing_is_written_under_a_key_that_was_destroyed_or_never_was() {
    for slow in [false, true] {
        let log = Log::new().await;
        // Beside somebody whose key is as it should be.
        let with = |command: Command| {
            let neighbour = Command::new(command.id + 100, command.id + 100, 1).about(made_here(command.id, 1));
            if slow { vec![command, neighbour, stray()] } else { vec![command, neighbour] }
        };
        let stored = Subject { made_here: None, ..made_here(1, 1) };
        append(&log.pool, &[Command::new(1, 1, 1).about(made_here(1, 1))]).await;
        append(&log.pool, &[Command::new(2, 2, 1).about(erasing(1))]).await;
        // Of somebody no key was ever stored for: whoever made one and has not used it comes too late as well.
        append(&log.pool, &[Command::new(3, 3, 1).about(erasing(9))]).await;
        for (id, subject) in [(10, stored), (11, made_here(1, 1)), (12, made_here(9, 1)), (13, made_here(9, 2))] {
            let told = append(&log.pool, &with(Command::new(id, id, 1).about(subject.clone()))).await;
            assert_eq!(outcomes(&told)[..2], ["key_changed", "appended"], "slow: {slow}, {subject:?}");
        }
        sound(&log, 3 + 4).await;
    }
}

#[tokio::test]
async fn one_person_is_not_two_tenants_whoever_is_in_the_group() {
    let log = Log::new().await;
    let of_other = |command: Command| Command { tenant: OTHER_TENANT.as_uuid(), ..command };
    append(&log.pool, &[Command::new(1, 1, 1).about(made_here(1, 1))]).await;
    let stored = Subject { made_here: None, ..made_here(1, 1) };
    let told = append(
        &log.pool,
        &[Command::new(2, 2, 1).about(stored.clone()), of_other(Command::new(3, 3, 1)).about(stored.clone())],
    )
    .await;
    assert_eq!(outcomes(&told), ["appended", "key_changed"]);
    let told = append(&log.pool, &[of_other(Command::new(4, 4, 1)).about(stored)]).await;
    assert_eq!(outcomes(&told), ["key_changed"]);
}

#[tokio::test]
async fn an_erasure_and_what_is_written_about_her_in_one_group_take_their_turns() {
    let log = Log::new().await;
    let written = |id| Command::new(id, id, 1).about(made_here(1, 1));
    let told =
        append(&log.pool, &[written(1), Command::new(2, 2, 1).about(erasing(1)), written(3), Command::new(4, 4, 1)])
            .await;
    assert_eq!(outcomes(&told), ["appended", "appended", "key_changed", "appended"]);
    // Erasing her again changes nothing: her key's generation stays.
    append(&log.pool, &[Command::new(5, 5, 1).about(erasing(1))]).await;
    let generation: i32 =
        sqlx::query_scalar("select generation from data_subjects").fetch_one(&log.pool).await.unwrap();
    assert_eq!(generation, 2);
    sound(&log, 4).await;
}

#[tokio::test]
async fn the_log_s_clock_never_runs_back_and_never_stands() {
    let (log, owner) = Log::with_owner().await;
    append(&log.pool, &[Command::new(1, 1, 2)]).await;
    // The server's clock was a day ahead, once.
    sqlx::query(
        "insert into events select 3, tenant_id, aggregate_type, aggregate_id, 3, event_type, event_version, payload, \
         metadata, gen_random_uuid(), gen_random_uuid(), recorded_at + interval '1 day' from events where position = 2",
    )
    .execute(&owner)
    .await
    .unwrap();
    append(&log.pool, &[Command::new(2, 2, 1), Command::new(3, 3, 1)]).await;
    append(&log.pool, &[Command::new(4, 4, 1), stray()]).await;
    let steps: Vec<i64> = sqlx::query_scalar(
        "select (extract(epoch from recorded_at - first_value(recorded_at) over (order by position)) * 1000000)::bigint \
         from events order by position",
    )
    .fetch_all(&log.pool)
    .await
    .unwrap();
    let day = 86_400_000_000;
    assert_eq!(steps, [0, 0, day, day + 1, day + 1, day + 2], "one value per commit");
}

#[tokio::test]
async fn a_key_tells_another_tenant_nothing() {
    let log = Log::new().await;
    let command = Command::new(1, 1, 1).asked("request");
    append(&log.pool, std::slice::from_ref(&command)).await;
    for slow in [false, true] {
        let foreign = Command { tenant: OTHER_TENANT.as_uuid(), stream: 2, ..command.clone() };
        let group = if slow { vec![foreign, stray()] } else { vec![foreign] };
        assert_eq!(append(&log.pool, &group).await[0], ("key_reused".to_owned(), None, None));
    }
}
