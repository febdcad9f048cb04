//! Pages of Facebook: looked up, their forms listed, and their leads and messages told of from then on. An account of Instagram is looked
//! up as a page is.

use super::failure::CallFailure;
use super::token::AccessToken;
use super::{Graph, ask, paging, reading};
use crate::wire::MOST_OF_AN_ANSWER;

/// How many forms are asked for at once.
const PAGE: &str = "100";

/// The fields that tell of conversations.
const MESSAGES: [&str; 8] = [
    "messages",
    "message_echoes",
    "message_reactions",
    "message_edits",
    "message_deliveries",
    "message_reads",
    "messaging_postbacks",
    "messaging_referrals",
];

/// Longest page of forms, in bytes.
const LONGEST_PAGE: usize = 1 << 20;

/// What an app is told of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldOfPage {
    /// What is filled in in its lead forms.
    pub leads: bool,
    /// What people write to it in Messenger, and what it writes to them.
    pub messages: bool,
}

impl ToldOfPage {
    /// The fields of webhooks that tell of it.
    fn fields(self) -> String {
        let leads = self.leads.then_some("leadgen");
        let messages = self.messages.then_some(MESSAGES);
        leads.into_iter().chain(messages.into_iter().flatten()).collect::<Vec<_>>().join(",")
    }
}

/// A page, as Meta knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacebookPage {
    /// What it is called.
    pub name: Option<String>,
}

/// A lead form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadForm {
    /// Meta's id of it.
    pub id: String,
    /// What the business calls it.
    pub name: Option<String>,
}

/// Some of a page's forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadFormPage {
    /// These.
    pub forms: Vec<LeadForm>,
    /// After what the next ones come; none where these are the last.
    pub after: Option<String>,
}

impl Graph {
    /// The page with Meta's id `page_id`, as `token` may see it.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn page(&self, token: &AccessToken, page_id: &str) -> Result<FacebookPage, CallFailure> {
        let mut url = self.address(page_id, None).ok_or_else(no_page)?;
        url.query_pairs_mut().append_pair("fields", "id,name");
        let told = ask::asked(token, self.client.get(url), MOST_OF_AN_ANSWER).await?;
        if reading::text(&told["id"]).as_deref() == Some(page_id) {
            Ok(FacebookPage { name: reading::text(&told["name"]) })
        } else {
            Err(CallFailure::Unknown { reason: "an answer without the page".to_owned() })
        }
    }

    /// Has the app of the token told of this of the page from now on, and of nothing else of it. Asked twice, it is so once.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn subscribe(&self, token: &AccessToken, page_id: &str, of: ToldOfPage) -> Result<(), CallFailure> {
        let mut url = self.address(page_id, Some("subscribed_apps")).ok_or_else(no_page)?;
        url.query_pairs_mut().append_pair("subscribed_fields", &of.fields());
        let told = ask::asked(token, self.client.post(url), MOST_OF_AN_ANSWER).await?;
        if reading::is_done(&told) {
            Ok(())
        } else {
            Err(CallFailure::Unknown { reason: "an answer that doesn't say it was done".to_owned() })
        }
    }

    /// The lead forms of the page, or those after `after`.
    ///
    /// # Errors
    /// [`CallFailure`]. A list of which one form has no id is not read at all: its leads would be missed.
    pub async fn lead_forms(
        &self,
        token: &AccessToken,
        page_id: &str,
        after: Option<&str>,
    ) -> Result<LeadFormPage, CallFailure> {
        let mut url = self.address(page_id, Some("leadgen_forms")).ok_or_else(no_page)?;
        url.query_pairs_mut().append_pair("fields", "id,name").append_pair("limit", PAGE);
        let (told, after) = paging::page(self, token, url, after, LONGEST_PAGE).await?;
        let form = |told: &serde_json::Value| {
            Some(LeadForm { id: reading::text(&told["id"])?, name: reading::text(&told["name"]) })
        };
        let forms = told.iter().map(form).collect::<Option<Vec<_>>>();
        let forms =
            forms.ok_or_else(|| CallFailure::Unknown { reason: "forms that can't be understood".to_owned() })?;
        Ok(LeadFormPage { forms, after })
    }
}

fn no_page() -> CallFailure {
    CallFailure::NeverValid { reason: "the page's id is none of Meta's".to_owned() }
}
