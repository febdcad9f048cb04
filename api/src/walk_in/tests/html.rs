//! Whether a page is well formed, and says of each field what it is.

use std::collections::BTreeMap;

/// A tag of a page that is open or stands alone, with what it says.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: BTreeMap<String, String>,
    /// What stands in it, without tags.
    pub(super) text: String,
}

impl Tag {
    pub(super) fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// All tags of a page, which has to be well formed: every tag ends in its turn, every attribute is quoted and there once, and an
/// ampersand is a character's name.
pub(super) fn tags(page: &str) -> Vec<Tag> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    let (mut open, mut all): (Vec<usize>, Vec<Tag>) = (vec![], vec![]);
    while let Some((text, behind)) = rest.split_once('<') {
        let text = unescaped(text);
        for at in &open {
            all[*at].text.push_str(&text);
        }
        let (inside, behind) = behind.split_once('>').expect("a tag has an end");
        rest = behind;
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop().unwrap_or_else(|| panic!("{name} was not open"));
            assert_eq!(all[last].name, name, "tags end in their turn");
            continue;
        }
        let (inside, stands_alone) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
        all.push(Tag { name: name.to_owned(), attributes: read(attributes), text: String::new() });
        if !stands_alone {
            open.push(all.len() - 1);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "something is open in the end: {open:?}");
    all
}

fn read(mut text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while !text.trim().is_empty() {
        let (name, behind) = text.split_once("=\"").unwrap_or_else(|| panic!("no value: {text}"));
        let (value, behind) = behind.split_once('"').expect("a value has an end");
        assert!(found.insert(name.trim().to_owned(), unescaped(value)).is_none(), "{name} is there twice");
        text = behind;
    }
    found
}

fn unescaped(text: &str) -> String {
    assert!(!text.contains('>'), "{text}");
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let without = known.iter().fold(text.to_owned(), |text, (name, _)| text.replace(name, ""));
    assert!(!without.contains('&'), "an ampersand that is nothing: {text}");
    known.iter().fold(text.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

/// Checks what any page of ours keeps to; gives its tags.
pub(super) fn checked(page: &str) -> Vec<Tag> {
    let tags = tags(page);
    let named = |name: &'static str| tags.iter().filter(move |tag| tag.name == name);
    assert_eq!(named("html").next().map(|html| html.get("lang").len()), Some(2), "a page says its language");
    for once in ["title", "main", "h1"] {
        assert_eq!(named(once).count(), 1, "{once}");
        assert!(!named(once).next().unwrap().text.trim().is_empty(), "{once}");
    }
    let mut ids: Vec<&str> = tags.iter().map(|tag| tag.get("id")).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "an id is one thing's: {ids:?}");
    for tag in &tags {
        assert!(!["script", "style", "iframe", "img", "object", "base"].contains(&&*tag.name), "{}", tag.name);
        assert!(tag.attributes.keys().all(|name| !name.starts_with("on") && name != "style"), "{tag:?}");
        for refers in ["for", "aria-labelledby"] {
            let to = tag.get(refers);
            assert!(to.is_empty() || ids.contains(&to), "{refers} leads nowhere: {tag:?}");
        }
        assert!(tag.get("aria-describedby").split_whitespace().all(|to| ids.contains(&to)), "{tag:?}");
        if let Some(to) = tag.get("href").strip_prefix('#') {
            assert!(ids.contains(&to), "a link leads nowhere: {tag:?}");
        }
    }
    for field in tags.iter().filter(|tag| ["input", "textarea"].contains(&&*tag.name) && tag.get("type") != "hidden") {
        let labels: Vec<_> = named("label").filter(|label| label.get("for") == field.get("id")).collect();
        assert_eq!(labels.len(), 1, "a field has a label: {field:?}");
        assert!(!labels[0].text.trim().is_empty(), "{field:?}");
        let is_line = field.name == "input" && field.get("type") != "checkbox";
        assert!(!is_line || !field.get("autocomplete").is_empty(), "{field:?}");
        let is_wrong = field.get("aria-invalid") == "true";
        assert_eq!(is_wrong, page.contains(&format!("id=\"{}-wrong\"", field.get("id"))), "{field:?}");
    }
    tags
}

/// The fields of a form that people see, by name.
pub(super) fn fields(page: &str) -> BTreeMap<String, Tag> {
    let fields = checked(page).into_iter().filter(|tag| ["input", "textarea"].contains(&&*tag.name));
    fields.map(|field| (field.get("name").to_owned(), field)).collect()
}

#[test]
fn what_is_not_well_formed_is_found() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>T</title></head><body><main><h1>H</h1>{body}</main></body></html>\n"
        )
    };
    checked(&page("<p>a &amp; b</p>"));
    for wrong in [
        "<p>",
        "<p></b>",
        "</p>",
        "<p class=a></p>",
        "<p a=\"\" a=\"\"></p>",
        "<p>&</p>",
        "<script></script>",
        "<p onclick=\"\"></p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<input id=\"a\" type=\"text\" autocomplete=\"off\"/>",
        "<label for=\"a\"></label><input id=\"a\" type=\"text\" autocomplete=\"off\"/>",
        "<label for=\"a\">A</label><input id=\"a\" type=\"text\"/>",
        "<a href=\"#nowhere\">A</a>",
        "<h1>Another</h1>",
    ] {
        let page = page(wrong);
        assert!(std::panic::catch_unwind(|| checked(&page)).is_err(), "{wrong}");
    }
}
