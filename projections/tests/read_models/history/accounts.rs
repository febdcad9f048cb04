//! Accounts of Messenger and Instagram: connected, called otherwise, with other credentials, given up, and connected anew.

use leadflow_domain::channel::{AccountName, AppKey, ChannelCommand, ProviderId, SocialAccount, SocialNetwork};
use leadflow_domain::{ChannelId, CredentialId, TenantId};
use uuid::Uuid;

use super::Play;
use crate::support::context;

impl Play<'_> {
    /// One of Messenger that stays connected in the end, and one of Instagram that does not.
    pub(super) async fn connect_accounts(&mut self, tenant: TenantId) {
        let account_id = tenant.as_uuid().as_u128().to_string();
        for network in [SocialNetwork::Messenger, SocialNetwork::Instagram] {
            let account = |name: &str, app: Option<&str>| SocialAccount {
                network,
                account_id: ProviderId::parse(&account_id).unwrap(),
                name: AccountName::parse(name).unwrap(),
                app: app.map(|app| AppKey::parse(app).unwrap()),
            };
            let connect = |name: &str, app: Option<&str>, credential: Option<u128>| {
                let credential = credential.map(|number| CredentialId::from_uuid(Uuid::from_u128(number)));
                ChannelCommand::ConnectSocialAccount { account: account(name, app), credential }
            };
            let mut commands = vec![
                connect("Saffron", None, Some(71)),
                connect("Saffron Sofas", Some("shop"), None),
                connect("Saffron Sofas", Some("shop"), Some(72)),
                ChannelCommand::Disconnect,
                connect("Saffron Sofas", None, None),
                connect("Saffron Sofas", None, Some(73)),
            ];
            if network == SocialNetwork::Instagram {
                commands.push(ChannelCommand::Disconnect);
            }
            let channel = ChannelId::social(tenant, network, &account_id);
            for (nth, command) in commands.into_iter().enumerate() {
                let key = self.next_key();
                self.log.channels.execute(channel, command, context(tenant, &key)).await.unwrap();
                if nth % 2 == 0 {
                    self.keep_up().await;
                }
            }
        }
    }
}
