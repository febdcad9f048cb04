//! Where a command was asked from: a network address, kept sealed beside its events.
//!
//! It is somebody's, so it is under the key of the member who asked and ends with her; under one of the installation's where
//! no member did. It stands in the metadata and not in the payload, whose values are about whom the event is about.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use leadflow_domain::{CommandId, DataSubjectId, TenantId};

use crate::subject_keys::{KeyState, SubjectKeyError, SubjectKeys};
use crate::{CommandContext, LogReader, RecordedActor};

/// First byte of what is sealed: AES-256-GCM, as `keys::cipher` lays it out.
const FORM: u8 = 1;

/// An address that stands sealed beside an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedFrom<'a> {
    /// Who asked, as the metadata says.
    pub actor: &'a str,
    /// The command that was asked for.
    pub command: CommandId,
    /// The address, sealed.
    pub sealed: &'a str,
}

/// The address as the metadata have it. Who was erased leaves none behind, and neither does who has no key yet: the append
/// carries the key of whom its events are about, and no other.
pub(crate) async fn seal(keys: &SubjectKeys, context: &CommandContext) -> Result<Option<String>, SubjectKeyError> {
    let Some(address) = context.source else { return Ok(None) };
    let associated = associated(context.tenant, context.id);
    let plain = address.to_string();
    let sealed = match context.actor.data_subject() {
        None => keys.keys().seal_source(&associated, plain.as_bytes()),
        Some(subject) => match keys.of(context.tenant, subject).await? {
            KeyState::Held(held) if held.to_store().is_none() => {
                held.key.seal(crate::entropy::bytes(), &associated, plain.as_bytes())
            }
            KeyState::Held(_) | KeyState::Erased => return Ok(None),
        },
    };
    Ok(Some(STANDARD_NO_PAD.encode([&[FORM], sealed.as_slice()].concat())))
}

impl LogReader {
    /// The addresses of `asked`, in its order; none where whoever asked was erased, and where what stands there was not sealed
    /// for it.
    ///
    /// # Errors
    /// [`SubjectKeyError`], when keys can't be had.
    pub async fn sources(
        &self,
        tenant: TenantId,
        asked: &[AskedFrom<'_>],
    ) -> Result<Vec<Option<IpAddr>>, SubjectKeyError> {
        let subject = |of: &AskedFrom<'_>| RecordedActor::parse(of.actor).and_then(|actor| actor.data_subject());
        let mut subjects: Vec<DataSubjectId> = asked.iter().filter_map(subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let held = self.subject_keys.to_read(&subjects).await?;
        let opened = asked.iter().map(|of| {
            let bytes = STANDARD_NO_PAD.decode(of.sealed).ok()?;
            let (&FORM, sealed) = bytes.split_first()? else { return None };
            let associated = associated(tenant, of.command);
            let plain = match subject(of) {
                None => self.subject_keys.keys().open_source(&associated, sealed).ok()?,
                Some(subject) => held.get(&subject)?.as_ref()?.open(&associated, sealed).ok()?,
            };
            String::from_utf8(plain).ok()?.parse().ok()
        });
        Ok(opened.collect())
    }
}

/// What it is bound to: beside another command it opens nothing.
fn associated(tenant: TenantId, command: CommandId) -> Vec<u8> {
    [tenant.as_uuid().as_bytes().as_slice(), command.as_uuid().as_bytes(), b"source"].concat()
}
