//! From what was measured to the rows that are told.

use leadflow_bench::{Figures, Row, Target, median};

use super::{Cell, Contender, MANY, Measured, Operation};

/// What is asked for (issue "GraphQL", T7).
const OF_PEER: Target = Target::AtLeast(3.0);
const OF_BY_HAND: Target = Target::AtLeast(0.6);

const RATE: &str = "queries/s";
const MS: &str = "ms";

/// All rows that could be measured.
pub(super) fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        for clients in [1, MANY] {
            condition(operation, clients, measured, &mut rows);
        }
    }
    rows.retain(|row| row.ours.is_some());
    rows
}

fn condition(operation: Operation, clients: usize, measured: &Measured, rows: &mut Vec<Row>) {
    let cell = |contender| Cell { operation, clients, contender };
    let figure = |contender, of: fn(&Figures) -> f64| median(measured.get(&cell(contender))?.iter().map(of));
    let name = format!("T7/{}", cell(Contender::Ours).condition());
    let rate = |contender| figure(contender, |figures| figures.per_second);
    let asked = clients == MANY;
    for (contender, target) in [(Contender::PostGraphile, OF_PEER), (Contender::ByHand, OF_BY_HAND)] {
        // A peer that can't be had here has no row.
        if rate(contender).is_none() {
            continue;
        }
        let row = Row::new(format!("{name}/{}", contender.name()), RATE, rate(Contender::Ours));
        let row = match contender {
            Contender::PostGraphile => row.beside(rate(contender)),
            Contender::ByHand | Contender::Ours => row.within(rate(contender)),
        };
        // Of the plain list the peer is asked for alone.
        let is_asked = asked && (contender == Contender::PostGraphile || operation == Operation::Inbox);
        rows.push(if is_asked { row.asking(target) } else { row });
    }
    for (percentile, of) in [("p50", (|figures| figures.p50) as fn(&Figures) -> f64), ("p99", |figures| figures.p99)] {
        let row = Row::new(format!("{name}/{percentile}"), MS, figure(Contender::Ours, of));
        rows.push(row.within(figure(Contender::ByHand, of)).beside(figure(Contender::PostGraphile, of)));
    }
}
