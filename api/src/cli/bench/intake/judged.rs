//! From what was measured to the rows that are told.

use leadflow_bench::{Figures, Row, Target, median};

use super::Measured;
use super::contender::{Contender, Pace};

/// What is asked for (T4): so many a second, or that part of axum alone.
const PER_SECOND: f64 = 8_000.0;
const OF_AXUM: f64 = 0.25;
const P99_MS: f64 = 25.0;

const RATE: &str = "deliveries/s";
const MS: &str = "ms";

fn rate(figures: &Figures) -> f64 {
    figures.per_second
}

fn p50(figures: &Figures) -> f64 {
    figures.p50
}

fn p99(figures: &Figures) -> f64 {
    figures.p99
}

/// What its rows are called, its unit, and which figure it is.
type Kind = (&'static str, &'static str, fn(&Figures) -> f64);

const KINDS: [Kind; 3] = [("", RATE, rate), ("/p50", MS, p50), ("/p99", MS, p99)];

/// All rows that could be measured.
pub(super) fn rows(connections: usize, measured: &Measured) -> Vec<Row> {
    let figure = |contender, of: fn(&Figures) -> f64| median(measured.get(&contender)?.iter().map(of));
    let mut rows = Vec::new();
    for ours in [Contender::ApiAlone, Contender::WorkersOn] {
        let name = format!("T4/{connections}-connections/{}", ours.name());
        if ours == Contender::ApiAlone {
            let needed = figure(Contender::AxumAlone, rate).map(|axum| PER_SECOND.min(OF_AXUM * axum));
            let row = Row::new(name.clone(), RATE, figure(ours, rate)).within(needed);
            rows.push(row.asking(Target::AtLeast(1.0)));
            let row = Row::new(format!("{name}/p99"), MS, figure(ours, p99)).within(Some(P99_MS));
            rows.push(row.asking(Target::AtMost(1.0)));
        }
        for (kind, unit, of) in KINDS {
            for peer in [Contender::AxumAlone, Contender::InsertOnly] {
                let id = format!("{name}{kind}/{}", peer.name());
                rows.push(Row::new(id, unit, figure(ours, of)).beside(figure(peer, of)));
            }
        }
    }
    for pace in Pace::ALL {
        let (name, per_second) = (pace.name(), f64::from(pace.per_second()));
        let in_the_log = |of| figure(Contender::At(pace), of);
        let row = Row::new(format!("T5/{name}/in-the-log"), "messages/s", in_the_log(rate)).within(Some(per_second));
        // What was posted last is on its way when the load ends.
        rows.push(row.asking(Target::AtLeast(0.95)));
        rows.push(Row::new(format!("T5/{name}/in-the-log/p50"), MS, in_the_log(p50)).within(Some(pace.longest_ms())));
        let row = Row::new(format!("T5/{name}/in-the-log/p99"), MS, in_the_log(p99)).within(Some(pace.longest_ms()));
        rows.push(row.asking(Target::AtMost(1.0)));
    }
    // What was not asked for is not missed.
    rows.retain(|row| row.ours.is_some() && row.ratio.is_some());
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn measured(axum: f64, ours: f64, p99: f64) -> Measured {
        let figures = |per_second, p99| vec![Figures { per_second, p50: 1.0, p99 }];
        Measured::from([
            (Contender::AxumAlone, figures(axum, 1.0)),
            (Contender::InsertOnly, figures(9_000.0, 1.0)),
            (Contender::ApiAlone, figures(ours, p99)),
            (Contender::WorkersOn, figures(1.0, 90.0)),
            (Contender::At(Pace::FiveHundred), figures(499.0, 100.0)),
            (Contender::At(Pace::ThreeThousand), figures(2_990.0, 1_000.0)),
        ])
    }

    fn missed(axum: f64, ours: f64, p99: f64) -> Vec<String> {
        let rows = rows(64, &measured(axum, ours, p99));
        rows.into_iter().filter(|row| row.met == Some(false)).map(|row| row.id).collect()
    }

    #[test]
    fn either_rate_will_do_and_the_latency_is_asked_for_beside_it() {
        assert_eq!(missed(20_000.0, 5_000.0, 25.0), [""; 0], "a quarter of axum");
        assert_eq!(missed(90_000.0, 8_000.0, 25.0), [""; 0], "8,000 a second");
        assert_eq!(missed(20_000.0, 4_999.0, 25.0), ["T4/64-connections/api-alone"]);
        assert_eq!(missed(90_000.0, 7_999.0, 25.0), ["T4/64-connections/api-alone"]);
        assert_eq!(missed(90_000.0, 8_000.0, 25.1), ["T4/64-connections/api-alone/p99"]);
    }

    #[test]
    fn what_comes_in_its_time_is_to_be_in_the_log_in_time() {
        for (per_second, p99, expected) in [
            (2_990.0, 1_000.0, vec![]),
            (2_800.0, 1_000.0, vec!["T5/3000-a-second/in-the-log"]),
            (2_990.0, 1_001.0, vec!["T5/3000-a-second/in-the-log/p99"]),
        ] {
            let figures = vec![Figures { per_second, p50: 1.0, p99 }];
            let rows = rows(64, &Measured::from([(Contender::At(Pace::ThreeThousand), figures)]));
            let missed: Vec<_> = rows.iter().filter(|row| row.met == Some(false)).map(|row| row.id.as_str()).collect();
            assert_eq!(missed, expected);
        }
    }

    #[test]
    fn every_row_has_a_name_of_its_own_and_what_was_not_measured_has_none() {
        let all = rows(64, &measured(1.0, 1.0, 1.0));
        assert_eq!(all.iter().map(|row| row.id.as_str()).collect::<HashSet<_>>().len(), all.len());
        assert_eq!(all.len(), 20);
        let mut some = measured(1.0, 1.0, 1.0);
        some.remove(&Contender::WorkersOn);
        some.remove(&Contender::At(Pace::FiveHundred));
        some.remove(&Contender::At(Pace::ThreeThousand));
        assert!(rows(64, &some).iter().all(|row| row.id.contains("api-alone")));
        some.remove(&Contender::ApiAlone);
        assert!(rows(64, &some).is_empty());
    }
}
