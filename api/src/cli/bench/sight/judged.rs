//! From what was measured to the rows that are told.

use leadflow_bench::{Figures, Row, Target, median};

use super::viewer::Viewer;
use super::{Cell, Measured, Operation, Shares};

/// What is asked for (issue "people and access").
const OF_OWNER: Target = Target::AtMost(1.5);

const MS: &str = "ms";

/// All rows that could be measured: each viewer beside the owner of the same business.
pub(super) fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for shares in Shares::ALL {
        for operation in Operation::ALL {
            let figure = |viewer, of: fn(&Figures) -> f64| {
                median(measured.get(&Cell { shares, operation, viewer })?.iter().map(of))
            };
            for viewer in Viewer::of(shares).iter().copied().filter(|viewer| *viewer != Viewer::Owner) {
                let name = Cell { shares, operation, viewer }.name();
                for (percentile, of, target) in [
                    ("p50", (|figures| figures.p50) as fn(&Figures) -> f64, Some(OF_OWNER)),
                    ("p99", |figures| figures.p99, None),
                ] {
                    let row = Row::new(format!("sight/{name}/{percentile}"), MS, figure(viewer, of));
                    let row = row.beside(figure(Viewer::Owner, of));
                    rows.push(target.map_or(row.clone(), |target| row.asking(target)));
                }
            }
        }
    }
    rows.retain(|row| row.ours.is_some());
    rows
}
