//! What a line of usage is called. It has no uuid: its day, item, category and booking name it.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leadflow_projections::usage::LineKey;

use crate::graphql::date_range::is_told_of;
use crate::graphql::spelling::{read, spell};
use crate::graphql::usage::types::UsageItem;

/// What the API calls the line.
pub(super) fn id(key: &LineKey) -> ID {
    ID(URL_SAFE_NO_PAD.encode(text(key)))
}

/// The line that an id names; `None` where it names something else, or nothing.
pub(in crate::graphql) fn line_of(id: &ID) -> Option<LineKey> {
    let told = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
    let parts: Vec<&str> = told.splitn(5, ':').collect();
    let ["UsageLine", day, item, booked_on, category] = parts[..] else { return None };
    let key = LineKey {
        day: day.parse().ok()?,
        item: read::<UsageItem>(item)?.into(),
        booked_on: booked_on.parse().ok()?,
        category: Some(category.to_owned()).filter(|category| !category.is_empty()),
    };
    // Only the spelling that `id` gives: one thing has one id. Postgres holds no null character.
    let is_sound = text(&key) == told && is_told_of(key.day) && is_told_of(key.booked_on) && !told.contains('\0');
    is_sound.then_some(key)
}

fn text(LineKey { day, item, category, booked_on }: &LineKey) -> String {
    let (item, category) = (spell(UsageItem::from(*item)), category.as_deref().unwrap_or_default());
    format!("UsageLine:{day}:{item}:{booked_on}:{category}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_id_comes_back_as_the_line_that_it_names() {
        let (day, booked_on) = (date(2026, 3, 10), date(2026, 3, 13));
        for category in [None, Some("service"), Some("a:b:c"), Some("\u{1f4a5}")] {
            let category = category.map(str::to_owned);
            let key = LineKey { day, item: UsageItem::MessageSent.into(), category, booked_on };
            assert_eq!(line_of(&id(&key)), Some(key));
        }
    }

    #[test]
    fn anything_else_names_no_line() {
        let spelled = |text: &str| ID(URL_SAFE_NO_PAD.encode(text));
        assert!(line_of(&spelled("UsageLine:2026-03-10:MESSAGE_SENT:2026-03-13:")).is_some());
        for odd in [
            "",
            "UsageLine",
            "Lead:00000000-0000-0000-0000-000000000007",
            "UsageLine:2026-03-10:MESSAGE_SENT:2026-03-13",
            "UsageLine:2026-03-10:MESSAGE_LOST:2026-03-13:",
            "UsageLine:2026-02-30:MESSAGE_SENT:2026-03-13:",
            "UsageLine:20260310:MESSAGE_SENT:2026-03-13:",
            "UsageLine:-009999-03-10:MESSAGE_SENT:2026-03-13:",
            "UsageLine:2026-03-10:MESSAGE_SENT:-009999-03-13:",
            "UsageLine:2026-03-10:MESSAGE_SENT:2026-03-13:\0",
        ] {
            assert_eq!(line_of(&spelled(odd)), None, "{odd}");
        }
    }
}
