//! From what was measured to the rows that are told.

use leadflow_bench::{Row, Target, median};

use super::latency::Latency;
use super::{Cell, Found, Measured, PER_NUMBER, Sizes, Way};

/// What is asked for (issue "sending"): how long `sendMessage` may take until WhatsApp is called, in milliseconds, 99 times of 100.
const LONGEST_MS: f64 = 150.0;

/// How much of a pace is to be reached.
const OF_PACE: Target = Target::AtLeast(0.95);
const WITHIN: Target = Target::AtMost(1.0);

const MS: &str = "ms";
const RATE: &str = "messages/s";

/// What its rows are called, and which figure it is.
type Kind = (&'static str, fn(&Latency) -> f64);

const KINDS: [Kind; 3] =
    [("p50", |latency| latency.p50), ("p95", |latency| latency.p95), ("p99", |latency| latency.p99)];

/// All rows that could be measured. Of what is at most allowed the worst round is told, of all else the median.
pub(super) fn rows(sizes: Sizes, measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for cell in [Cell::InTime, Cell::WithStatuses] {
        in_time(sizes, cell, measured, &mut rows);
    }
    let rate = |cell| median(found(measured, cell).map(|found| found.per_second));
    let name = Cell::OneNumber.name(sizes);
    let row = Row::new(&name, RATE, rate(Cell::OneNumber)).within(Some(PER_NUMBER.into()));
    rows.push(row.asking(OF_PACE));
    let most = found(measured, Cell::OneNumber).map(|found| found.most_in_a_second as f64).reduce(f64::max);
    let row = Row::new(format!("{name}/most-in-a-second"), "messages", most).within(Some(PER_NUMBER.into()));
    rows.push(row.asking(WITHIN));
    rows.push(Row::new(Cell::ManyNumbers.name(sizes), RATE, rate(Cell::ManyNumbers)));
    rows.retain(|row| row.ours.is_some());
    rows
}

fn in_time(sizes: Sizes, cell: Cell, measured: &Measured, rows: &mut Vec<Row>) {
    let name = cell.name(sizes);
    let rate = median(found(measured, cell).map(|found| found.per_second));
    rows.push(Row::new(&name, RATE, rate).within(Some(sizes.rate.into())).asking(OF_PACE));
    let ways = || found(measured, cell).filter_map(|found| found.way);
    let called = |of: fn(&Latency) -> f64| ways().map(move |Way { called, .. }| of(&called));
    for (kind, of) in KINDS {
        let row = Row::new(format!("{name}/{kind}"), MS, median(called(of))).within(Some(LONGEST_MS));
        rows.push(if kind == "p99" { row.asking(WITHIN) } else { row });
    }
    let longest = called(|latency| latency.most).reduce(f64::max);
    rows.push(Row::new(format!("{name}/max"), MS, longest).within(Some(LONGEST_MS)));
    for (kind, of) in KINDS {
        let answered = median(ways().map(|Way { answered, .. }| of(&answered)));
        rows.push(Row::new(format!("{name}/answered/{kind}"), MS, answered));
    }
}

fn found(measured: &Measured, cell: Cell) -> impl Iterator<Item = &Found> {
    measured.get(&cell).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn in_time(per_second: f64, p99: f64) -> Found {
        let latency = Latency { p50: 40.0, p95: 60.0, p99, most: p99 };
        Found { per_second, most_in_a_second: 20, way: Some(Way { answered: latency, called: latency }) }
    }

    fn waiting(per_second: f64, most_in_a_second: usize) -> Found {
        Found { per_second, most_in_a_second, way: None }
    }

    fn missed(cell: Cell, found: &[Found]) -> Vec<String> {
        let rows = rows(Sizes::full(50), &Measured::from([(cell, found.to_vec())]));
        rows.into_iter().filter(|row| row.met == Some(false)).map(|row| row.id).collect()
    }

    #[test]
    fn whoever_writes_in_time_is_heard_in_time() {
        assert_eq!(missed(Cell::InTime, &[in_time(50.0, 150.0)]), [""; 0]);
        assert_eq!(missed(Cell::InTime, &[in_time(47.0, 150.0)]), ["sending/50-a-second"]);
        assert_eq!(missed(Cell::WithStatuses, &[in_time(50.0, 150.1)]), ["sending/50-a-second-and-statuses/p99"]);
    }

    #[test]
    fn a_number_is_at_its_pace_and_never_beyond_it() {
        assert_eq!(missed(Cell::OneNumber, &[waiting(76.0, 80)]), [""; 0]);
        assert_eq!(missed(Cell::OneNumber, &[waiting(75.9, 80)]), ["sending/one-number"]);
        let rounds = [waiting(77.0, 78), waiting(77.0, 81), waiting(77.0, 78)];
        assert_eq!(missed(Cell::OneNumber, &rounds), ["sending/one-number/most-in-a-second"], "the worst round tells");
    }

    #[test]
    fn every_row_has_a_name_of_its_own_and_what_was_not_measured_has_none() {
        let mut all = Measured::from([
            (Cell::InTime, vec![in_time(50.0, 90.0)]),
            (Cell::WithStatuses, vec![in_time(50.0, 90.0)]),
            (Cell::OneNumber, vec![waiting(77.0, 78)]),
            (Cell::ManyNumbers, vec![waiting(500.0, 100)]),
        ]);
        let rows_of =
            |measured: &Measured| rows(Sizes::full(50), measured).into_iter().map(|row| row.id).collect::<Vec<_>>();
        let ids = rows_of(&all);
        assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (19, 19), "{ids:?}");
        all.remove(&Cell::InTime);
        all.remove(&Cell::WithStatuses);
        all.remove(&Cell::OneNumber);
        assert_eq!(rows_of(&all), ["sending/8-numbers"]);
    }
}
