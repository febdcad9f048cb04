//! How promising a lead is by what is known of it: points, each with its ground. It is computed from the lead's own history and from
//! nothing else, so the same history always has the same quality. What somebody of the business thinks of it is its score.

use super::{LeadSource, LeadStatus};
use crate::pipeline::StageKind;

/// What counts of a lead. None of it is a personal value, so erasing her changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadFacts {
    /// Where it came from first.
    pub source: LeadSource,
    /// How often it was told of by forms and entries.
    pub submissions: i32,
    /// How many answers these had together.
    pub answers: i32,
    /// Whether one of them said what she is called.
    pub is_named: bool,
    /// Whether a campaign led to one of them.
    pub has_campaign: bool,
    /// Whether her company is known.
    pub has_company: bool,
    /// What somebody of the business found about it.
    pub status: LeadStatus,
    /// Where it stands.
    pub stage: StageKind,
    /// Whether it is marked as spam.
    pub is_spam: bool,
}

/// Why a lead has points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// She wrote by herself: 25.
    Wrote,
    /// She filled in a form, or what she told came from elsewhere: 20.
    Told,
    /// Somebody of the business entered her: 5.
    Entered,
    /// She came again: 10.
    CameAgain,
    /// She answered a question, or two: 10.
    Answered,
    /// She answered three or more: 20.
    AnsweredMuch,
    /// She said what she is called: 5.
    Named,
    /// A campaign led to her: 5.
    Campaign,
    /// It is known whom she works for: 5.
    Company,
    /// Somebody found her worth pursuing: 20.
    Qualified,
    /// Somebody found her not worth pursuing: -20.
    Disqualified,
    /// She has bought: 20.
    Won,
    /// She does not buy: -10.
    Lost,
    /// It is marked as spam: all there is, away.
    Spam,
}

/// What a lead's quality comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quality {
    /// 0 to 100: the sum of the grounds, within these.
    pub points: i32,
    /// Each ground, with its points.
    pub grounds: Vec<(Ground, i32)>,
}

impl Quality {
    /// The quality by these facts.
    #[must_use]
    pub fn of(facts: &LeadFacts) -> Self {
        let source = if facts.source == LeadSource::WhatsApp {
            (Ground::Wrote, 25)
        } else if facts.source == LeadSource::Manual {
            (Ground::Entered, 5)
        } else {
            (Ground::Told, 20)
        };
        let mut grounds = vec![source];
        let mut add = |holds: bool, ground: Ground, points: i32| {
            if holds {
                grounds.push((ground, points));
            }
        };
        add(facts.submissions > 1, Ground::CameAgain, 10);
        add((1..3).contains(&facts.answers), Ground::Answered, 10);
        add(facts.answers >= 3, Ground::AnsweredMuch, 20);
        add(facts.is_named, Ground::Named, 5);
        add(facts.has_campaign, Ground::Campaign, 5);
        add(facts.has_company, Ground::Company, 5);
        add(facts.status == LeadStatus::Qualified, Ground::Qualified, 20);
        add(facts.status == LeadStatus::Disqualified, Ground::Disqualified, -20);
        add(facts.stage == StageKind::Won, Ground::Won, 20);
        add(facts.stage == StageKind::Lost, Ground::Lost, -10);
        if facts.is_spam {
            let sum: i32 = grounds.iter().map(|(_, points)| points).sum();
            grounds.push((Ground::Spam, -sum));
        }
        let sum: i32 = grounds.iter().map(|(_, points)| points).sum();
        Self { points: sum.clamp(0, 100), grounds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: LeadFacts = LeadFacts {
        source: LeadSource::Manual,
        submissions: 1,
        answers: 0,
        is_named: false,
        has_campaign: false,
        has_company: false,
        status: LeadStatus::New,
        stage: StageKind::Open,
        is_spam: false,
    };

    #[test]
    fn each_ground_has_its_points() {
        let with = |facts: LeadFacts| Quality::of(&facts).grounds;
        assert_eq!(with(LEAST), [(Ground::Entered, 5)]);
        assert_eq!(with(LeadFacts { source: LeadSource::WhatsApp, ..LEAST }), [(Ground::Wrote, 25)]);
        for source in [LeadSource::GoogleForm, LeadSource::MetaForm] {
            assert_eq!(with(LeadFacts { source, ..LEAST }), [(Ground::Told, 20)]);
        }
        for (facts, more) in [
            (LeadFacts { submissions: 2, ..LEAST }, (Ground::CameAgain, 10)),
            (LeadFacts { answers: 1, ..LEAST }, (Ground::Answered, 10)),
            (LeadFacts { answers: 2, ..LEAST }, (Ground::Answered, 10)),
            (LeadFacts { answers: 3, ..LEAST }, (Ground::AnsweredMuch, 20)),
            (LeadFacts { is_named: true, ..LEAST }, (Ground::Named, 5)),
            (LeadFacts { has_campaign: true, ..LEAST }, (Ground::Campaign, 5)),
            (LeadFacts { has_company: true, ..LEAST }, (Ground::Company, 5)),
            (LeadFacts { status: LeadStatus::Qualified, ..LEAST }, (Ground::Qualified, 20)),
            (LeadFacts { status: LeadStatus::Disqualified, ..LEAST }, (Ground::Disqualified, -20)),
            (LeadFacts { stage: StageKind::Won, ..LEAST }, (Ground::Won, 20)),
            (LeadFacts { stage: StageKind::Lost, ..LEAST }, (Ground::Lost, -10)),
            (LeadFacts { is_spam: true, ..LEAST }, (Ground::Spam, -5)),
        ] {
            assert_eq!(with(facts), [(Ground::Entered, 5), more]);
        }
    }

    #[test]
    fn quality_is_0_to_100() {
        let best = LeadFacts {
            source: LeadSource::WhatsApp,
            submissions: 5,
            answers: 9,
            is_named: true,
            has_campaign: true,
            has_company: true,
            status: LeadStatus::Qualified,
            stage: StageKind::Won,
            is_spam: false,
        };
        assert_eq!(Quality::of(&best).points, 100);
        assert_eq!(Quality::of(&LeadFacts { is_spam: true, ..best }).points, 0);
        let worst = LeadFacts { status: LeadStatus::Disqualified, stage: StageKind::Lost, ..LEAST };
        assert_eq!(Quality::of(&worst).points, 0);
    }
}
