//! What is told in the end.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::{Machine, Plan};

/// Everything that was measured.
#[derive(Debug, Clone)]
pub struct Report {
    /// On what.
    pub machine: Machine,
    /// How.
    pub conditions: Conditions,
    /// What came of it.
    pub rows: Vec<Row>,
}

/// How it was measured.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// Of each measurement.
    pub seconds: f64,
    /// How often each was taken.
    pub rounds: u32,
}

impl From<&Plan> for Conditions {
    fn from(plan: &Plan) -> Self {
        Self { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds }
    }
}

/// One figure of ours, beside its peer's or its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which target, how it was measured, and what.
    pub id: String,
    /// Ours.
    pub ours: Option<f64>,
    /// Of somebody or something comparable, in the same run.
    pub peer: Option<f64>,
    /// What can be reached, or what is allowed.
    pub limit: Option<f64>,
    /// Of the figures.
    pub unit: &'static str,
    /// Ours over the peer or the limit, whichever the row has.
    pub ratio: Option<f64>,
    /// Whether the target is met; `None` where there is none.
    pub met: Option<bool>,
    /// What is asked of the ratio.
    #[serde(skip)]
    pub target: Option<Target>,
}

/// What is asked of a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// More is better.
    AtLeast(f64),
    /// Less is better.
    AtMost(f64),
}

impl Row {
    /// A figure of ours alone.
    #[must_use]
    pub fn new(id: impl Into<String>, unit: &'static str, ours: Option<f64>) -> Self {
        Self { id: id.into(), ours, peer: None, limit: None, unit, ratio: None, met: None, target: None }
    }

    /// Beside a peer's.
    #[must_use]
    pub fn beside(self, peer: Option<f64>) -> Self {
        Self { peer, ratio: over(self.ours, peer).or(self.ratio), ..self }
    }

    /// Beside what can be reached, or is allowed.
    #[must_use]
    pub fn within(self, limit: Option<f64>) -> Self {
        Self { limit, ratio: over(self.ours, limit).or(self.ratio), ..self }
    }

    /// With a target for the ratio.
    #[must_use]
    pub fn asking(self, target: Target) -> Self {
        // What can't be measured meets nothing.
        let met = self.ratio.is_some_and(|ratio| match target {
            Target::AtLeast(least) => ratio >= least,
            Target::AtMost(most) => ratio <= most,
        });
        Self { met: Some(met), target: Some(target), ..self }
    }

    /// The headings of [`cells`](Self::cells).
    pub const HEADINGS: [&'static str; 8] = ["what", "ours", "peer", "limit", "unit", "ratio", "target", ""];

    /// The row as a table shows it.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let figure = |figure: Option<f64>| figure.map(readable).unwrap_or_default();
        // pgbench is the one that may be missing.
        let missing = self.peer.is_none() && self.id.starts_with("pgbench");
        vec![
            self.id.clone(),
            figure(self.ours),
            if missing { "n/a: no pgbench found".to_owned() } else { figure(self.peer) },
            figure(self.limit),
            self.unit.to_owned(),
            self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            self.target.map(|target| target.to_string()).unwrap_or_default(),
            match self.met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            }
            .to_owned(),
        ]
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, ">= {least:.2}"),
            Self::AtMost(most) => write!(f, "<= {most:.2}"),
        }
    }
}

fn over(ours: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(ours? / other.filter(|other| *other > 0.0)?)
}

/// Three digits say more than a figure of this kind knows.
fn readable(figure: f64) -> String {
    if figure >= 100.0 {
        let digits = format!("{figure:.0}");
        let first = digits.len() % 3;
        let mut grouped = digits[..first].to_owned();
        for start in (first..digits.len()).step_by(3) {
            if !grouped.is_empty() {
                grouped.push(',');
            }
            grouped.push_str(&digits[start..start + 3]);
        }
        return grouped;
    }
    if figure >= 10.0 { format!("{figure:.1}") } else { format!("{figure:.2}") }
}

impl Report {
    /// Whether no target is missed.
    #[must_use]
    pub fn all_met(&self) -> bool {
        self.rows.iter().all(|row| row.met != Some(false))
    }

    /// In words, on what and how.
    #[must_use]
    pub fn conditions(&self) -> String {
        let Conditions { seconds, rounds } = self.conditions;
        let memory = if self.machine.in_memory() { " **A disk in memory: nothing here is durable.**" } else { "" };
        format!(
            "{}.{memory} Load and server share the cores. Each figure is the median of {rounds} rounds of {seconds} s.",
            self.machine
        )
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("{}\n\n", self.conditions());
        let mut line = |cells: &[String]| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        };
        line(&Row::HEADINGS.map(str::to_owned));
        line(&["---", "---:", "---:", "---:", "---", "---:", "---", "---"].map(str::to_owned));
        for row in &self.rows {
            line(&row.cells());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_asked_of_the_ratio() {
        let row = |ours| Row::new("a", "b", Some(ours)).within(Some(40.0));
        assert_eq!(row(40.0).asking(Target::AtMost(1.0)).met, Some(true));
        assert_eq!(row(41.0).asking(Target::AtMost(1.0)).met, Some(false));
        assert_eq!(row(31.0).asking(Target::AtLeast(0.8)).met, Some(false));
        assert_eq!(row(32.0).asking(Target::AtLeast(0.8)).met, Some(true));
        assert_eq!(row(1.0).met, None);
    }

    #[test]
    fn what_was_not_measured_meets_nothing() {
        for (ours, peer) in [(None, Some(1.0)), (Some(1.0), None), (Some(1.0), Some(0.0))] {
            let row = Row::new("a", "b", ours).beside(peer).asking(Target::AtMost(1.0));
            assert_eq!((row.ratio, row.met), (None, Some(false)));
        }
    }

    #[test]
    fn figures_have_about_three_digits() {
        let shown = [0.0, 0.333, 12.34, 999.6, 1_234.5, 1_234_567.0].map(readable);
        assert_eq!(shown, ["0.00", "0.33", "12.3", "1,000", "1,234", "1,234,567"]);
    }
}
