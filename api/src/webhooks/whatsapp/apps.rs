//! A number, or an account, belongs to one Meta app: what another app signed says nothing about it.

use std::collections::{HashMap, HashSet};

use futures_util::future::try_join_all;
use leadflow_domain::ChannelId;
use leadflow_domain::channel::{AppKey, Channel};
use leadflow_event_store::{LogReader, ReadError};

/// Why such an item is parked.
pub(super) const ANOTHER_APP: &str = "number belongs to another app";

/// The apps of channels that are not the default app's.
#[derive(Debug, Default)]
pub(super) struct Apps(HashMap<ChannelId, AppKey>);

impl Apps {
    /// Whether `app`, or the default one, is the app of this channel.
    pub(super) fn may_bring(&self, app: Option<&str>, channel: ChannelId) -> bool {
        self.0.get(&channel).map(AppKey::as_str) == app
    }
}

/// Looks up the apps of these channels.
pub(super) async fn of(reader: &LogReader, channels: impl Iterator<Item = ChannelId>) -> Result<Apps, sqlx::Error> {
    let channels: HashSet<ChannelId> = channels.collect();
    let loads = channels.into_iter().map(async |channel| {
        let loaded = reader.load::<Channel>(channel.into()).await?;
        Ok((channel, loaded.state.app().cloned()))
    });
    match try_join_all(loads).await {
        Ok(found) => Ok(Apps(found.into_iter().filter_map(|(channel, app)| Some((channel, app?))).collect())),
        Err(ReadError::Database(error)) => Err(error),
        // Whoever can't read it must not guess. A newer program will, and takes what waits.
        Err(error) => Err(sqlx::Error::Protocol(error.to_string())),
    }
}
