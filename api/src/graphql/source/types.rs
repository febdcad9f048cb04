//! A source.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::leads::SourceRow;

use super::external::ExternalSource;
use super::health::{SourceError, SourceHealth, health, last_error};
use super::walk_in::WalkIn;
use crate::config::PublicUrl;
use crate::walk_in;
use crate::webhooks::{Standing, external, google, whatsapp};

/// A place from which only leads come. Messages come by channels.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Source {
    /// Its id, a uuid.
    id: ID,
    /// What kind of place it is.
    kind: SourceKind,
    /// What the business calls it.
    name: String,
    /// Whether leads come from it.
    status: SourceStatus,
    /// Where it sends what is filled in, or tells of it: this path of this installation. With a Google form goes the key that was told
    /// when it was opened, and a program shows its token; a page's is that of its Meta app. A walk-in's form sends itself there.
    webhook_path: String,
    /// Which page of Facebook it is; null of other kinds.
    page: Option<FacebookPage>,
    /// How it goes with what comes from it; null while it is closed.
    health: Option<SourceHealth>,
    /// What went wrong last; null where nothing did. It stays when it goes well again. What a walk-in's form did not take is told by
    /// `walkInRefusals`.
    last_error: Option<SourceError>,
    /// What the forms are called by the provider that its latest 200 leads filled in, the latest first; 20 at most.
    recent_forms: Vec<String>,
    /// What the campaigns are called by the provider that its latest 200 leads came by, the latest first; 20 at most.
    recent_campaigns: Vec<String>,
    /// Since when nothing is read, because the provider does not take the credentials: connect it again with others. Null while it is
    /// read.
    reading_stopped: Option<ReadingStopped>,
    /// Leads that were told of, and of which nothing could be read; null where there are none.
    missed_leads: Option<MissedLeads>,
    /// Its form, where it is a walk-in; null of other kinds.
    walk_in: Option<WalkIn>,
    /// What a program goes by that posts here, and how it goes; null of other kinds.
    external: Option<ExternalSource>,
    /// When the last was told that came from it, by the provider's clock; where that does not say, when it was received. Null where nothing has come.
    last_submitted_at: Option<Timestamp>,
    /// When it was opened.
    opened_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

/// What kind of place a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::source::SourceKind")]
pub(in crate::graphql) enum SourceKind {
    /// A lead form in Google's ads.
    GoogleForm,
    /// A page of Facebook, with lead forms there and on Instagram.
    FacebookPage,
    /// A form of ours behind a QR code, for people who walk in.
    WalkIn,
    /// A program of the business's own, or of somebody it works with, which posts them.
    External,
}

/// A page of Facebook.
#[derive(Debug, Clone, SimpleObject)]
struct FacebookPage {
    /// Meta's id of it.
    page_id: String,
    /// The key of the installation's Meta app that brings its webhooks; null for the default app.
    app: Option<String>,
}

/// That nothing is read.
#[derive(Debug, Clone, SimpleObject)]
struct ReadingStopped {
    /// Since when.
    at: Timestamp,
    /// The provider's code for it.
    code: i64,
}

/// Leads of which nothing could be read: they were gone, or the app had no access to them.
#[derive(Debug, Clone, SimpleObject)]
struct MissedLeads {
    /// How many.
    count: i64,
    /// When the last of them was found out.
    last_at: Timestamp,
    /// The provider's code for that one.
    last_code: i64,
}

/// Whether leads come from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum SourceStatus {
    /// They do.
    Open,
    /// They do not. Those that came stay.
    Closed,
}

impl Source {
    /// Shows what `row` has: forms of ours are reached below `forms`, and how it goes at a door of its own says `standing`.
    pub(super) fn of(row: SourceRow, forms: &PublicUrl, standing: Option<&Standing>) -> Self {
        let last_error = last_error(&row, standing);
        Self {
            health: health(&row, standing, last_error.as_ref()),
            last_error,
            webhook_path: match (row.kind, &row.app) {
                (leadflow_domain::source::SourceKind::GoogleForm, _) => format!("{}/{}", google::PATH, row.id),
                (leadflow_domain::source::SourceKind::FacebookPage, None) => whatsapp::PATH.to_owned(),
                (leadflow_domain::source::SourceKind::FacebookPage, Some(app)) => format!("{}/{app}", whatsapp::PATH),
                (leadflow_domain::source::SourceKind::WalkIn, _) => {
                    format!("{}/{}", walk_in::PATH, row.slug.as_deref().unwrap_or_default())
                }
                (leadflow_domain::source::SourceKind::External, _) => format!("{}/{}", external::PATH, row.id),
            },
            walk_in: WalkIn::of(&row, forms),
            external: row
                .mapping
                .map(|mapping| ExternalSource::new(&mapping, row.networks, row.has_credentials, standing)),
            recent_forms: row.recent_forms,
            recent_campaigns: row.recent_campaigns,
            last_submitted_at: row.last_submitted_at,
            page: row.page_id.map(|page_id| FacebookPage { page_id, app: row.app }),
            reading_stopped: row.stopped.map(|stopped| ReadingStopped { at: stopped.at, code: stopped.code }),
            missed_leads: row.missed.map(|missed| MissedLeads {
                count: missed.count,
                last_at: missed.last_at,
                last_code: missed.last_code,
            }),
            id: row.id.to_string().into(),
            kind: row.kind.into(),
            name: row.name,
            status: if row.is_open { SourceStatus::Open } else { SourceStatus::Closed },
            opened_at: row.opened_at,
            version: row.version,
        }
    }
}
