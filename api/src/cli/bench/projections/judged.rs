//! From what was measured to the rows that are told.

use leadflow_bench::{Figures, Row, Target, median};
use leadflow_event_store::PersonalValues;
use leadflow_projections::Definition;

use super::live::PER_SECOND;
use super::{Measured, models};
use crate::cli::bench::intake::Pace;

/// What is asked for (issue "projections", T5, T6 and T8).
const INBOX_OF_COPY: Target = Target::AtLeast(0.5);
const OF_PLAIN: Target = Target::AtLeast(0.8);
const P99_BESIDE_A_REBUILD: Target = Target::AtMost(2.0);
const ALL_ANSWERED: Target = Target::AtLeast(0.95);
const WITHIN: Target = Target::AtMost(1.0);
const AS_FAST: Target = Target::AtLeast(0.8);
const AS_SOON: Target = Target::AtMost(1.2);

const EVENTS: &str = "events/s";
const MS: &str = "ms";

/// All rows that could be measured.
pub(super) async fn rows(definitions: &[Definition], measured: &Measured) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for definition in definitions {
        rebuild(definition, measured, &mut rows).await?;
    }
    live(measured, &mut rows);
    for pace in Pace::ALL {
        shown(pace, measured, &mut rows);
    }
    sizes(measured, &mut rows);
    // What was not asked for is not missed.
    rows.retain(|row| row.ours.is_some() && (row.target.is_none() || row.ratio.is_some()));
    Ok(rows)
}

/// T6.
async fn rebuild(definition: &Definition, measured: &Measured, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let name = definition.name;
    let seconds = |times: Option<&Vec<f64>>| median(times?.iter().copied());
    let rate = |seconds: Option<f64>| seconds.map(|seconds| measured.events / seconds);
    let plain = seconds(measured.plain.get(&(models::personal_values(definition).await? == PersonalValues::Opened)));
    let ours = rate(seconds(measured.ours.get(name)));
    // Read and decoded first, copied then.
    let copied = seconds(measured.copy.get(name));
    let of_copy = Row::new(format!("T6/{name}/read-and-copy"), EVENTS, ours)
        .beside(rate(plain.zip(copied).map(|(plain, copied)| plain + copied)));
    let of_plain = Row::new(format!("T6/{name}/read-alone"), EVENTS, ours).beside(rate(plain));
    rows.extend(match name {
        "inbox" => [of_copy.asking(INBOX_OF_COPY), of_plain],
        "analytics" | "usage" => [of_copy, of_plain.asking(OF_PLAIN)],
        _ => [of_copy, of_plain],
    });
    rows.push(Row::new(format!("T6/{name}/copy-alone"), EVENTS, ours).within(rate(copied)));
    let statement = rate(seconds(measured.one_statement.get(name)));
    rows.push(Row::new(format!("T6/{name}/one-statement"), EVENTS, ours).within(statement));
    rows.push(Row::new(format!("T6/{name}/peak-memory"), "MiB", seconds(measured.peak_mib.get(name))));
    Ok(())
}

/// T6, while customers write.
fn live(measured: &Measured, rows: &mut Vec<Row>) {
    let of = |figure: fn(&Figures) -> f64, beside: bool| {
        median(measured.live.iter().map(|live| figure(if beside { &live.beside_rebuild } else { &live.alone })))
    };
    let name = "T6/beside-a-rebuild";
    let answered = Row::new(format!("{name}/answered"), "messages/s", of(|figures| figures.per_second, true));
    rows.push(answered.within(Some(f64::from(PER_SECOND))).asking(ALL_ANSWERED));
    let p50 = |beside| of(|figures| figures.p50, beside);
    rows.push(Row::new(format!("{name}/append-p50"), MS, p50(true)).beside(p50(false)));
    let p99 = |beside| of(|figures| figures.p99, beside);
    rows.push(Row::new(format!("{name}/append-p99"), MS, p99(true)).beside(p99(false)).asking(P99_BESIDE_A_REBUILD));
}

/// T5.
fn shown(pace: Pace, measured: &Measured, rows: &mut Vec<Row>) {
    let figure = |of: fn(&Figures) -> f64| median(measured.shown.get(&pace)?.iter().map(of));
    let name = format!("T5/{}/in-every-read-model", pace.name());
    let rate = Row::new(name.clone(), "messages/s", figure(|figures| figures.per_second));
    // What was posted last is on its way when the load ends.
    rows.push(rate.within(Some(f64::from(pace.per_second()))).asking(ALL_ANSWERED));
    let longest = Some(pace.longest_ms());
    rows.push(Row::new(format!("{name}/p50"), MS, figure(|figures| figures.p50)).within(longest));
    rows.push(Row::new(format!("{name}/p99"), MS, figure(|figures| figures.p99)).within(longest).asking(WITHIN));
}

/// T8: each size beside the smallest.
fn sizes(measured: &Measured, rows: &mut Vec<Row>) {
    let of =
        |size: usize, figure: fn(&super::sizes::Sized) -> f64| median(measured.sized.get(size)?.1.iter().map(figure));
    for (nth, (events, _)) in measured.sized.iter().enumerate() {
        let name = format!("T8/{events}-events");
        let commands = |size| of(size, |sized| sized.commands.per_second);
        let p99 = |size| of(size, |sized| sized.inbox.p99);
        let rate = Row::new(format!("{name}/commands"), "commands/s", commands(nth));
        let inbox = Row::new(format!("{name}/inbox/p99"), MS, p99(nth));
        let queries = of(nth, |sized| sized.inbox.per_second);
        if nth == 0 {
            rows.extend([rate, inbox]);
        } else {
            rows.push(rate.beside(commands(0)).asking(AS_FAST));
            rows.push(inbox.beside(p99(0)).asking(AS_SOON));
        }
        rows.push(Row::new(format!("{name}/inbox"), "queries/s", queries));
    }
}
