//! What a provider says of a message's price, as far as usage needs it.

use serde_json::Value;

/// Most characters of a category. Providers' words are short; what is longer is none.
const LONGEST: usize = 64;

/// The category in a status's pricing, which is JSON in a text.
pub(super) fn category(pricing: Option<&str>) -> Option<String> {
    let Value::Object(pricing) = serde_json::from_str(pricing?).ok()? else { return None };
    let Value::String(category) = pricing.get("category")? else { return None };
    (!category.is_empty() && category.chars().count() <= LONGEST).then(|| category.clone())
}

#[cfg(test)]
mod tests {
    use super::category;

    #[test]
    fn a_category_is_a_short_word_of_the_provider_s() {
        assert_eq!(category(Some(r#"{"billable":true,"category":"utility"}"#)).as_deref(), Some("utility"));
        assert_eq!(category(Some(r#"{"category":"not known yet"}"#)).as_deref(), Some("not known yet"));
    }

    #[test]
    fn what_names_none_has_none() {
        let long = format!(r#"{{"category":"{}"}}"#, "x".repeat(65));
        for pricing in
            ["", "nothing", "[]", "{}", r#"{"category":7}"#, r#"{"category":""}"#, r#"{"category":null}"#, &long]
        {
            assert_eq!(category(Some(pricing)), None, "{pricing}");
        }
        assert_eq!(category(None), None);
    }
}
