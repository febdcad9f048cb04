//! All templates that WhatsApp lists of an account, and what each of ours is told by that.

use std::collections::HashSet;

use jiff::Timestamp;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::template::{Listing, TemplateCommand, TemplateKey, TemplateLanguage, TemplateName};
use leadflow_domain::{TemplateId, TenantId};
use leadflow_gateways::whatsapp::{AccessToken, CallFailure, Graph, ListedTemplate};

use super::{category, components, quality, status};

/// Pages of an account's templates that are asked for: far more than WhatsApp lets an account have.
const MOST_PAGES: usize = 100;

/// What follows from a list.
pub(crate) struct Synced {
    /// How many templates it has.
    pub(crate) listed: usize,
    /// How many of them nothing here can read: they are left as they were.
    pub(crate) unreadable: usize,
    /// How many are known here and are not in it.
    pub(crate) missed: usize,
    /// What each is told.
    pub(crate) commands: Vec<(TemplateId, TemplateCommand)>,
}

/// All templates of an account. Of a part of them nothing would be said: what is missing would look as if it was gone.
///
/// # Errors
/// Whatever became of the first call that came to nothing.
pub(crate) async fn listed(
    graph: &Graph,
    token: &AccessToken,
    waba_id: &str,
) -> Result<Vec<ListedTemplate>, CallFailure> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = graph.templates(token, waba_id, after.as_deref()).await?;
        all.extend(page.templates);
        match page.after {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
    Err(CallFailure::Unknown { reason: "its templates do not come to an end".to_owned() })
}

/// What `tenant`'s templates of an account are told by a list that was asked for `at` that time, where those that are `known` were
/// to be in it.
pub(crate) fn synced(
    tenant: TenantId,
    waba_id: &str,
    list: Vec<ListedTemplate>,
    known: Vec<TemplateId>,
    at: Timestamp,
) -> Synced {
    let (listed, mut unreadable, mut there, mut commands) = (list.len(), 0, HashSet::new(), Vec::new());
    for template in list {
        let Some(key) = key_of(waba_id, &template) else {
            unreadable += 1;
            continue;
        };
        let id = TemplateId::of(tenant, &key);
        there.insert(id);
        match listing_of(&template) {
            Some(listing) => commands.push((id, TemplateCommand::Sync { key, listing, at })),
            None => unreadable += 1,
        }
    }
    let missed: Vec<TemplateId> = known.into_iter().filter(|id| !there.contains(id)).collect();
    commands.extend(missed.iter().map(|id| (*id, TemplateCommand::Miss { at })));
    Synced { listed, unreadable, missed: missed.len(), commands }
}

/// Which template it is; nothing where no template can be called so.
fn key_of(waba_id: &str, listed: &ListedTemplate) -> Option<TemplateKey> {
    Some(TemplateKey {
        waba_id: ProviderId::parse(waba_id).ok()?,
        name: TemplateName::parse(&listed.name).ok()?,
        language: TemplateLanguage::parse(&listed.language).ok()?,
    })
}

/// What is told of it; nothing where that can't be read.
fn listing_of(listed: &ListedTemplate) -> Option<Listing> {
    let ListedTemplate { id, status: word, category: of, quality: score, components: parts, rejected_reason, .. } =
        listed;
    Some(Listing {
        provider_id: ProviderId::parse(id).ok()?,
        status: status(word, rejected_reason.as_deref()),
        category: category(of),
        quality: score.as_deref().map(quality),
        components: components(parts).ok()?,
    })
}
