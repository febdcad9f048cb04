//! From what was measured to the rows that are told.

use crate::Plan;
use crate::cell::{Cell, so_many};
use crate::closed_loop::Figures;
use crate::load::Cached;
use crate::measure::Measured;
use crate::message::Workload;
use crate::report::{Row, Target};
use crate::streams::{Length, MOST_ROWS};

/// What is asked for (issue "event log", T1 to T3).
const OF_PLAIN: Target = Target::AtLeast(0.8);
const P99_MS: f64 = 40.0;
const OF_STOCK_P50: Target = Target::AtMost(0.5);
const AS_FAST: Target = Target::AtLeast(0.9);
const AS_SOON: Target = Target::AtMost(1.1);
const BESIDE_IDLE: Target = Target::AtLeast(0.8);
const WITHIN: Target = Target::AtMost(1.0);

const RATE: &str = "commands/s";
const MS: &str = "ms";

impl Measured {
    fn median(&self, cell: Cell, figure: fn(&Figures) -> f64) -> Option<f64> {
        median(self.figures.get(&cell)?.iter().map(figure))
    }

    fn rate(&self, cell: Cell) -> Option<f64> {
        self.median(cell, |figures| figures.per_second)
    }

    fn p50(&self, cell: Cell) -> Option<f64> {
        self.median(cell, |figures| figures.p50)
    }

    fn p99(&self, cell: Cell) -> Option<f64> {
        self.median(cell, |figures| figures.p99)
    }
}

/// The middle one, the lower of two.
pub fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().checked_sub(1)? / 2).copied()
}

/// All rows, in the order of the targets.
pub(crate) fn rows(plan: &Plan, measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for workload in [Workload::Growing, Workload::Opening] {
        for clients in plan.clients() {
            throughput(plan, measured, workload, clients, &mut rows);
        }
    }
    log(plan, measured, &mut rows);
    stock(plan, measured, &mut rows);
    streams(plan, measured, &mut rows);
    for clients in [plan.few, plan.many] {
        let rate = |held| measured.rate(Cell::Idle { held, clients });
        rows.push(
            Row::new(format!("idle-transaction/{}", so_many(clients)), RATE, rate(true))
                .beside(rate(false))
                .asking(BESIDE_IDLE),
        );
    }
    for clients in [1, plan.few, plan.pgbench_most()] {
        let ours = measured.rate(ours(Workload::Growing, clients));
        let theirs = measured.rate(Cell::Pgbench { clients });
        rows.push(Row::new(format!("pgbench/{}", so_many(clients)), RATE, ours).beside(theirs));
    }
    if plan.only.is_some() {
        // What was not asked for is not missed.
        rows.retain(|row| row.ours.is_some() && (row.target.is_none() || row.ratio.is_some()));
    }
    rows
}

fn ours(workload: Workload, clients: u32) -> Cell {
    Cell::Ours { workload, clients, asserting: false }
}

/// T1, beside plain group commit.
fn throughput(plan: &Plan, measured: &Measured, workload: Workload, clients: u32, rows: &mut Vec<Row>) {
    let limit = measured.rate(Cell::Plain { workload, clients });
    let name = format!("T1/{}/{}", workload.name(), so_many(clients));
    let both = |name: &str, cell: Cell| {
        [
            Row::new(name, RATE, measured.rate(cell)).within(limit),
            Row::new(format!("{name}/p99"), MS, measured.p99(cell)),
        ]
    };
    if clients != plan.many {
        rows.extend(both(&name, ours(workload, clients)));
        return;
    }
    for (name, cell) in [
        (format!("{name}/one-process"), ours(workload, clients)),
        (format!("{name}/two-processes"), Cell::TwoProcesses { workload }),
    ] {
        let [rate, p99] = both(&name, cell);
        rows.extend([rate.asking(OF_PLAIN), p99.within(Some(P99_MS)).asking(WITHIN)]);
    }
}

/// What the log of most clients looks like, and what the translator's assertion costs.
fn log(plan: &Plan, measured: &Measured, rows: &mut Vec<Row>) {
    let (workload, clients) = (Workload::Growing, plan.many);
    let name = format!("T1/{}/{}", workload.name(), so_many(clients));
    let asserting = measured.rate(Cell::Ours { workload, clients, asserting: true });
    let rate = measured.rate(ours(workload, clients));
    rows.push(Row::new(format!("{name}/asserting"), RATE, asserting).beside(rate));
    let commit = median(measured.facts.iter().map(|facts| facts.commands_a_commit));
    let commits = rate.zip(commit).map(|(rate, commit)| rate / commit);
    rows.push(Row::new(format!("{name}/commits"), "commits/s", commits));
    rows.push(Row::new(format!("{name}/commands-a-commit"), "commands", commit));
    let payload = median(measured.facts.iter().map(|facts| facts.payload_bytes));
    rows.push(Row::new(format!("{name}/payload"), "bytes", payload));
}

/// T1 and T2, beside stock postgres-es.
fn stock(plan: &Plan, measured: &Measured, rows: &mut Vec<Row>) {
    let workload = Workload::Opening;
    for clients in plan.clients() {
        let name = format!("T1/opening/{}/stock", so_many(clients));
        let theirs = measured.rate(Cell::Stock { clients, pings: true });
        rows.push(Row::new(name, RATE, measured.rate(ours(workload, clients))).beside(theirs));
    }
    let p50 = measured.p50(ours(workload, 1));
    let theirs = |pings| measured.p50(Cell::Stock { clients: 1, pings });
    rows.push(Row::new("T2/opening/1-client/p50", MS, p50).beside(theirs(true)).asking(OF_STOCK_P50));
    rows.push(Row::new("T2/opening/1-client/p50/stock-without-pings", MS, p50).beside(theirs(false)));
}

/// T3, long streams beside short ones.
fn streams(plan: &Plan, measured: &Measured, rows: &mut Vec<Row>) {
    for at_hand in [true, false] {
        for clients in [1, plan.few] {
            let name = format!("T3/{}/{}", if at_hand { "cached" } else { "cold" }, so_many(clients));
            let [long, short] = [Length::Long, Length::Short].map(|length| Cell::Stream { length, at_hand, clients });
            let rate = Row::new(name.clone(), RATE, measured.rate(long));
            rows.push(rate.beside(measured.rate(short)).asking(AS_FAST));
            let p50 = Row::new(format!("{name}/p50"), MS, measured.p50(long));
            rows.push(p50.beside(measured.p50(short)).asking(AS_SOON));
        }
    }
    let (long, short) = measured.rows_read.unzip();
    rows.push(Row::new("T3/cold/rows-read", "rows", long).within(Some(MOST_ROWS)).asking(WITHIN));
    rows.push(Row::new("T3/cold/rows-read/short", "rows", short));
    let cached = measured.cached.filter(|cached| cached.aggregates > 0);
    let each = |bytes: fn(&Cached) -> u64| cached.map(|cached| bytes(&cached) as f64 / cached.aggregates as f64);
    let counted = each(|cached| cached.counted_bytes);
    rows.push(Row::new("T3/cached-aggregate/counted", "bytes", counted));
    rows.push(Row::new("T3/cached-aggregate/resident", "bytes", each(|cached| cached.resident_bytes)).beside(counted));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::PathBuf;

    use super::*;

    fn plan() -> Plan {
        Plan::full(PathBuf::new(), 1.0, 3).unwrap()
    }

    /// Everything at 100 commands/s and 10 ms, but `cell`.
    fn measured(plan: &Plan, cell: Cell, figures: Figures) -> Measured {
        let usual = Figures { per_second: 100.0, p50: 10.0, p99: 10.0 };
        let mut measured = Measured { rows_read: Some((3.0, 3.0)), ..Measured::default() };
        for one in Cell::of(plan) {
            measured.figures.insert(one, vec![if one == cell { figures } else { usual }; 3]);
        }
        measured
    }

    fn missed(cell: Cell, per_second: f64, latency: f64) -> Vec<String> {
        let figures = Figures { per_second, p50: latency, p99: latency };
        let rows = rows(&plan(), &measured(&plan(), cell, figures));
        rows.into_iter().filter(|row| row.met == Some(false)).map(|row| row.id).collect()
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let rows = rows(&plan(), &Measured::default());
        let names: HashSet<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(names.len(), rows.len());
    }

    /// T2 asks for more than to be as good as its peer, so where all are alike it is the one that is missed.
    const T2: &str = "T2/opening/1-client/p50";

    #[test]
    fn each_target_can_be_missed() {
        let growing = Workload::Growing;
        let stream = |at_hand, clients| Cell::Stream { length: Length::Long, at_hand, clients };
        for (cell, per_second, latency, expected) in [
            (ours(growing, 256), 79.0, 1.0, "T1/growing/256-clients/one-process"),
            (ours(growing, 256), 90.0, 41.0, "T1/growing/256-clients/one-process/p99"),
            (Cell::TwoProcesses { workload: growing }, 79.0, 1.0, "T1/growing/256-clients/two-processes"),
            (stream(false, 1), 100.0, 11.1, "T3/cold/1-client/p50"),
            (stream(true, 32), 89.0, 1.0, "T3/cached/32-clients"),
            (Cell::Idle { held: true, clients: 32 }, 79.0, 1.0, "idle-transaction/32-clients"),
        ] {
            let mut missed = missed(cell, per_second, latency);
            missed.retain(|id| id != T2);
            assert_eq!(missed, [expected]);
        }
        assert_eq!(missed(ours(Workload::Opening, 1), 100.0, 5.1), [T2]);
        assert_eq!(missed(ours(Workload::Opening, 1), 100.0, 5.0), Vec::<String>::new());
    }

    #[test]
    fn the_median_is_one_of_the_rounds() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([3.0, 1.0].into_iter()), Some(1.0));
        assert_eq!(median(std::iter::empty()), None);
    }
}
