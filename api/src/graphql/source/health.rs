//! How it goes with what comes from a source.

use async_graphql::{Enum, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::leads::SourceRow;

use crate::webhooks::Standing;

/// How it goes with what comes from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum SourceHealth {
    /// Nothing has come from it yet.
    Unused,
    /// What came last became what it should.
    Well,
    /// What came last did not: it was refused though it showed what it has to, nobody could be known by it, or it could not be read.
    /// `lastError` says why.
    Failing,
    /// Nothing is read: the provider does not take the credentials.
    Stopped,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(in crate::graphql) struct SourceError {
    /// When; of what was posted, when it came.
    at: Timestamp,
    /// What, for people. It says nothing of anybody.
    reason: String,
}

/// What went wrong last.
pub(super) fn last_error(row: &SourceRow, standing: Option<&Standing>) -> Option<SourceError> {
    let at_the_door = standing.and_then(|standing| standing.last_error.as_ref());
    let at_the_door = at_the_door.map(|error| SourceError { at: error.at, reason: error.reason.clone() });
    let stopped = row.stopped.map(|stopped| SourceError {
        at: stopped.at,
        reason: format!("the provider does not take the credentials (code {}): connect it with others", stopped.code),
    });
    let missed = row.missed.map(|missed| SourceError {
        at: missed.last_at,
        reason: format!("a lead was told of, and nothing can be read of it (code {})", missed.last_code),
    });
    [at_the_door, stopped, missed].into_iter().flatten().max_by_key(|error| error.at)
}

/// How it goes; `None` while it is closed.
pub(super) fn health(
    row: &SourceRow,
    standing: Option<&Standing>,
    last_error: Option<&SourceError>,
) -> Option<SourceHealth> {
    if !row.is_open {
        return None;
    }
    // At a door our clock says when it came, else the provider's when it was told.
    let went_well = standing.and_then(|standing| standing.applied_at).or(row.last_submitted_at);
    Some(match (last_error, went_well) {
        _ if row.stopped.is_some() => SourceHealth::Stopped,
        (Some(error), went_well) if went_well.is_none_or(|at| at < error.at) => SourceHealth::Failing,
        (_, Some(_)) => SourceHealth::Well,
        (_, None) => SourceHealth::Unused,
    })
}

#[cfg(test)]
mod tests {
    use leadflow_domain::SourceId;
    use leadflow_domain::source::SourceKind;
    use leadflow_projections::leads::{MissedLeads, StoppedReading};
    use uuid::Uuid;

    use super::*;
    use crate::webhooks::LastError;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn row(kind: SourceKind) -> SourceRow {
        SourceRow {
            id: SourceId::from_uuid(Uuid::nil()),
            kind,
            name: "Partner".to_owned(),
            is_open: true,
            opened_at: at(0),
            page_id: None,
            app: None,
            stopped: None,
            missed: None,
            slug: None,
            form: None,
            mapping: None,
            networks: vec![],
            has_credentials: false,
            last_submitted_at: None,
            recent_forms: vec![],
            recent_campaigns: vec![],
            version: 1,
        }
    }

    fn door(applied: Option<i64>, error: Option<i64>) -> Standing {
        let last_error = error.map(|second| LastError { at: at(second), reason: "the timestamp".to_owned() });
        Standing { received_at: None, applied_at: applied.map(at), token_issued_at: None, waiting: 0, last_error }
    }

    fn goes(row: &SourceRow, standing: Option<&Standing>) -> (Option<SourceHealth>, Option<SourceError>) {
        let error = last_error(row, standing);
        (health(row, standing, error.as_ref()), error)
    }

    #[test]
    fn at_a_door_what_came_last_says_how_it_goes() {
        let external = row(SourceKind::External);
        let health_of = |applied, error| goes(&external, Some(&door(applied, error))).0;
        assert_eq!(health_of(None, None), Some(SourceHealth::Unused));
        assert_eq!(health_of(Some(5), None), Some(SourceHealth::Well));
        assert_eq!(health_of(None, Some(5)), Some(SourceHealth::Failing));
        assert_eq!(health_of(Some(4), Some(5)), Some(SourceHealth::Failing));
        assert_eq!(health_of(Some(6), Some(5)), Some(SourceHealth::Well));
        // A lead that says of itself that it is of tomorrow hides nothing.
        let ahead = SourceRow { last_submitted_at: Some(at(9)), ..external.clone() };
        assert_eq!(goes(&ahead, Some(&door(Some(4), Some(5)))).0, Some(SourceHealth::Failing));
        // Its deliveries are no longer kept.
        assert_eq!(goes(&ahead, Some(&door(None, None))).0, Some(SourceHealth::Well));
        let closed = SourceRow { is_open: false, ..external };
        let (health, error) = goes(&closed, Some(&door(Some(4), Some(5))));
        assert_eq!((health, error.unwrap().reason.as_str()), (None, "the timestamp"));
    }

    #[test]
    fn a_page_stops_by_its_credentials_and_fails_by_what_can_t_be_read() {
        let page = row(SourceKind::FacebookPage);
        assert_eq!(goes(&page, None), (Some(SourceHealth::Unused), None));
        let missed = Some(MissedLeads { count: 2, last_at: at(7), last_code: 100 });
        let missing = SourceRow { missed, last_submitted_at: Some(at(6)), ..page.clone() };
        let (health, error) = goes(&missing, None);
        assert_eq!((health, error.map(|error| error.at)), (Some(SourceHealth::Failing), Some(at(7))));
        let later = SourceRow { last_submitted_at: Some(at(8)), ..missing.clone() };
        assert_eq!(goes(&later, None).0, Some(SourceHealth::Well));
        let stopped = Some(StoppedReading { at: at(9), code: 190 });
        let (health, error) = goes(&SourceRow { stopped, last_submitted_at: Some(at(10)), ..missing }, None);
        assert_eq!(health, Some(SourceHealth::Stopped));
        assert!(error.is_some_and(|error| error.at == at(9) && error.reason.contains("190")));
    }
}
