//! What is refused before it is sent: one more than Meta takes, and never what Meta takes.

use serde_json::json;

use super::*;

/// Two bytes, one character.
fn letters(number: usize) -> String {
    "é".repeat(number)
}

/// What is wrong with `content`; nothing where it is fine.
fn wrong(content: OutgoingContent) -> String {
    message(content).check().err().unwrap_or_default()
}

fn text(body: String) -> OutgoingContent {
    OutgoingContent::Text { body, preview_url: false }
}

fn file(kind: MediaKind, caption: Option<String>) -> OutgoingContent {
    OutgoingContent::Media { kind, source: MediaSource::Id("1".to_owned()), caption, filename: None }
}

fn link(link: &str) -> OutgoingContent {
    let source = MediaSource::Link(link.to_owned());
    OutgoingContent::Media { kind: MediaKind::Image, source, caption: None, filename: None }
}

fn button(id: String, title: String) -> Button {
    Button { id, title }
}

fn buttons(buttons: Vec<Button>) -> OutgoingContent {
    OutgoingContent::Buttons { body: "?".to_owned(), header: None, footer: None, buttons }
}

fn with_buttons(body: usize, header: usize, footer: usize) -> OutgoingContent {
    OutgoingContent::Buttons {
        body: letters(body),
        header: Some(letters(header)),
        footer: Some(letters(footer)),
        buttons: vec![button(letters(256), letters(20))],
    }
}

fn row(id: String, title: usize, description: usize) -> Row {
    Row { id, title: letters(title), description: Some(letters(description)) }
}

fn rows(number: usize) -> Vec<Row> {
    (0..number).map(|number| row(format!("row {number}"), 1, 1)).collect()
}

fn section(title: Option<&str>, rows: Vec<Row>) -> Section {
    Section { title: title.map(ToOwned::to_owned), rows }
}

fn list(body: usize, button: usize, sections: Vec<Section>) -> OutgoingContent {
    OutgoingContent::List { body: letters(body), header: None, footer: None, button: letters(button), sections }
}

fn one_row(number: usize) -> Section {
    section(Some("Part"), vec![row(format!("row {number}"), 24, 72)])
}

fn products(sections: Vec<ProductSection>) -> OutgoingContent {
    OutgoingContent::ProductList {
        header: letters(60),
        body: letters(1024),
        footer: None,
        catalog_id: "1".to_owned(),
        sections,
    }
}

fn some_products(title: Option<&str>, number: usize) -> ProductSection {
    ProductSection { title: title.map(ToOwned::to_owned), products: vec!["sofa".to_owned(); number] }
}

fn template(header: Option<TemplateHeader>, body: Vec<Parameter>, button: &str) -> OutgoingContent {
    let kind = TemplateButtonKind::UrlSuffix(button.to_owned());
    OutgoingContent::Template {
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        header,
        body,
        buttons: vec![TemplateButton { index: 0, kind }],
    }
}

/// A template with a code to copy.
fn copying(code: &str) -> OutgoingContent {
    OutgoingContent::Template {
        name: "sale".to_owned(),
        language: "en_US".to_owned(),
        header: None,
        body: vec![],
        buttons: vec![TemplateButton { index: 0, kind: TemplateButtonKind::CopyCode(code.to_owned()) }],
    }
}

fn catalogue(body: usize, footer: usize) -> OutgoingContent {
    OutgoingContent::Catalog {
        body: letters(body),
        footer: Some(letters(footer)),
        thumbnail_product_retailer_id: Some("sofa".to_owned()),
    }
}

fn gap(name: Option<&str>, text: &str) -> Parameter {
    Parameter { name: name.map(ToOwned::to_owned), text: text.to_owned() }
}

fn place(latitude: f64, longitude: f64) -> OutgoingContent {
    OutgoingContent::Location(Place { latitude, longitude, name: None, address: None })
}

#[test]
fn as_much_as_meta_takes_is_taken() {
    for content in [
        text(letters(4096)),
        file(MediaKind::Image, Some(letters(1024))),
        file(MediaKind::Sticker, None),
        link("https://example.com/sofa.jpg"),
        with_buttons(1024, 60, 60),
        buttons((1..4).map(|number| button(letters(number), letters(17 + number))).collect()),
        list(4096, 20, vec![section(None, rows(10))]),
        list(1, 1, (0..10).map(one_row).collect()),
        list(1, 1, vec![section(None, vec![row(letters(200), 24, 72)])]),
        products(vec![some_products(None, 30)]),
        products((0..10).map(|_| some_products(Some("Part"), 3)).collect()),
        template(None, vec![gap(Some("a"), "1"), gap(Some("b"), "2")], "1"),
        template(Some(TemplateHeader::Text(vec![gap(None, "1")])), vec![], "1"),
        copying(&letters(20)),
        catalogue(1024, 60),
        place(-90.0, 180.0),
        OutgoingContent::Contacts(vec![json!({})]),
        OutgoingContent::Reaction { to: "wamid.A".to_owned(), emoji: None },
    ] {
        assert_eq!(wrong(content.clone()), "", "{content:?}");
    }
}

#[test]
fn one_more_is_not_and_is_told_without_the_words() {
    let sticker = || MediaSource::Id("1".to_owned());
    let header = |kind| TemplateHeader::Media { kind, source: sticker(), filename: None };
    for (content, expected) in [
        (text(letters(4097)), "the text has 4097 characters, of at most 4096"),
        (text(" \n".to_owned()), "the text is empty"),
        (file(MediaKind::Image, Some(letters(1025))), "the caption has 1025 characters, of at most 1024"),
        (file(MediaKind::Audio, Some(letters(1))), "audio and stickers have no caption"),
        (file(MediaKind::Sticker, Some(letters(1))), "audio and stickers have no caption"),
        (link("javascript:alert(1)"), "the file's address is not https"),
        (link("/sofa.jpg"), "the file's address is not https"),
        (link("http://example.com/sofa.jpg"), "the file's address is not https"),
        (with_buttons(1025, 1, 1), "the text has 1025 characters, of at most 1024"),
        (with_buttons(1, 61, 1), "the header has 61 characters, of at most 60"),
        (with_buttons(1, 1, 61), "the footer has 61 characters, of at most 60"),
        (with_buttons(0, 1, 1), "the text is empty"),
        (buttons(vec![]), "0 buttons, of 1 to 3"),
        (buttons((0..4).map(|number| button(format!("{number}"), letters(1))).collect()), "4 buttons, of 1 to 3"),
        (buttons(vec![button(letters(257), letters(1))]), "a button's id has 257 characters, of at most 256"),
        (buttons(vec![button(letters(1), letters(21))]), "a button's title has 21 characters, of at most 20"),
        (buttons(vec![button(letters(1), letters(0))]), "a button's title is empty"),
        (buttons(vec![button(letters(1), letters(1)), button(letters(1), letters(2))]), "two buttons have the same id"),
        (
            buttons(vec![button(letters(1), letters(1)), button(letters(2), letters(1))]),
            "two buttons have the same title",
        ),
        (list(4097, 1, vec![one_row(0)]), "the text has 4097 characters, of at most 4096"),
        (list(1, 21, vec![one_row(0)]), "what opens the list has 21 characters, of at most 20"),
        (list(1, 1, vec![]), "0 sections, of 1 to 10"),
        (list(1, 1, (0..11).map(one_row).collect()), "11 sections, of 1 to 10"),
        (list(1, 1, vec![section(None, rows(11))]), "11 rows, of 1 to 10"),
        (list(1, 1, vec![section(Some("A"), rows(6)), section(Some("B"), rows(6))]), "12 rows, of 1 to 10"),
        (list(1, 1, vec![one_row(0), section(Some("A"), vec![])]), "a section has no rows"),
        (list(1, 1, vec![one_row(0), section(None, rows(1))]), "one of several sections has no title"),
        (list(1, 1, vec![section(Some(&letters(25)), rows(1))]), "a section's title has 25 characters, of at most 24"),
        (list(1, 1, vec![one_row(0), one_row(0)]), "two rows have the same id"),
        (
            list(1, 1, vec![section(None, vec![row(letters(201), 1, 1)])]),
            "a row's id has 201 characters, of at most 200",
        ),
        (
            list(1, 1, vec![section(None, vec![row(letters(1), 25, 1)])]),
            "a row's title has 25 characters, of at most 24",
        ),
        (
            list(1, 1, vec![section(None, vec![row(letters(1), 1, 73)])]),
            "a row's description has 73 characters, of at most 72",
        ),
        (catalogue(1025, 1), "the text has 1025 characters, of at most 1024"),
        (catalogue(0, 1), "the text is empty"),
        (catalogue(1, 61), "the footer has 61 characters, of at most 60"),
        (products(vec![some_products(None, 31)]), "31 products, of 1 to 30"),
        (products(vec![some_products(None, 0)]), "a section has no products"),
        (products(vec![some_products(None, 1), some_products(None, 1)]), "one of several sections has no title"),
        (template(None, vec![gap(None, "")], "1"), "a parameter is empty"),
        (
            template(None, vec![gap(None, "1"), gap(Some("b"), "2")], "1"),
            "some parameters have names and some have none",
        ),
        (template(Some(header(MediaKind::Audio)), vec![], "1"), "a header has no audio and no stickers"),
        (template(None, vec![], ""), "what goes into a button is empty"),
        (copying(&letters(21)), "the code that a button copies has 21 characters, of at most 20"),
        (copying(""), "the code that a button copies is empty"),
        (place(90.1, 0.0), "the place is not on earth"),
        (place(0.0, f64::NAN), "the place is not on earth"),
        (place(f64::INFINITY, 0.0), "the place is not on earth"),
        (OutgoingContent::Contacts(vec![]), "no contact cards"),
        (OutgoingContent::Contacts(vec![json!("Ada")]), "no contact cards"),
        (
            OutgoingContent::Reaction { to: String::new(), emoji: None },
            "the message that it is on has no id that Meta takes",
        ),
        (OutgoingContent::Reaction { to: "wamid.A".to_owned(), emoji: Some(String::new()) }, "the emoji is empty"),
    ] {
        assert_eq!(wrong(content), expected);
    }
}

#[test]
fn whom_it_is_for_is_somebody() {
    let check = |to| Outgoing { to, ..hello() }.check().is_ok();
    for (phone, expected) in [
        ("+16505551234", true),
        ("+123456789012345", true),
        ("+1234567890123456", false),
        ("16505551234", false),
        ("+1", false),
        ("+0650555123", false),
        ("+1 650 555", false),
        ("+１２３４", false),
        ("", false),
    ] {
        assert_eq!(check(Recipient::Phone(phone.to_owned())), expected, "{phone}");
    }
    for (id, expected) in [
        ("US.13491208655302741918".to_owned(), true),
        ("US.ENT.13491208655302741918".to_owned(), true),
        (format!("DE.{}", "a".repeat(128)), true),
        (format!("DE.{}", "a".repeat(129)), false),
        ("US.".to_owned(), false),
        ("us.1".to_owned(), false),
        ("USA.1".to_owned(), false),
        ("13491208655302741918".to_owned(), false),
        ("US.1\"2".to_owned(), false),
    ] {
        assert_eq!(check(Recipient::UserId(id.clone())), expected, "{id}");
    }
    for (id, expected) in [("Y2FwaV9ncm91cA==", true), ("", false), ("a\nb", false)] {
        assert_eq!(check(Recipient::Group(id.to_owned())), expected, "{id}");
    }
}

#[test]
fn a_callback_is_counted_in_bytes_and_an_answer_has_an_id() {
    let callback = |callback: String| Outgoing { callback, ..hello() }.check();
    assert_eq!(callback(letters(256)), Ok(()));
    assert_eq!(callback(letters(257)), Err("the callback has 514 bytes, of at most 512".to_owned()));
    let answer = |id: &str| Outgoing { replies_to: Some(id.to_owned()), ..hello() }.check().is_ok();
    assert_eq!((answer("wamid.A"), answer(""), answer(&"x".repeat(513))), (true, false, false));
}
