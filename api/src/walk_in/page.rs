//! The pages: plain HTML that any browser shows, and any reader of screens reads.
//!
//! Markup is ours and `'static`; all else goes through [`Page::text`], which escapes it. So nothing that a business or a stranger
//! writes is ever markup, by the types.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use leadflow_domain::source::{Asked, WalkInForm};

use super::answers::{CONSENT, EMAIL, Given, NAME, PHONE, TRAP, Wrong, question_field};
use super::wording::{Words, words};

/// What a form may load and do: its style, and send itself here. No page may frame it, and nothing on it runs.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where the style is, from a form.
const STYLE: &str = "form.css";
/// The same, from the page that thanks.
const STYLE_ABOVE: &str = "../form.css";

/// A page that is written.
pub(super) struct Page(String);

impl Page {
    /// What a page begins with. Its title is `title`, behind `before` where that is said.
    fn begun(words: &Words, before: Option<&str>, title: &str, style: &'static str) -> Self {
        let mut page = Self(String::with_capacity(8 << 10));
        page.markup("<!DOCTYPE html>\n<html lang=\"")
            .text(words.code)
            .markup("\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.markup("<meta name=\"robots\" content=\"noindex\"/>\n<title>");
        if let Some(before) = before {
            page.text(before).markup(": ");
        }
        page.text(title)
            .markup("</title>\n<link rel=\"stylesheet\" href=\"")
            .text(style)
            .markup("\"/>\n</head>\n<body>\n<main>\n");
        page
    }

    fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Writes what is no markup, whatever is in it.
    fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(letter),
            }
        }
        self
    }

    fn ended(mut self) -> String {
        self.markup("</main>\n</body>\n</html>\n");
        self.0
    }
}

/// What is shown: a form with what was written in it, and what is wrong with that.
pub(super) struct Shown<'a> {
    pub(super) form: &'a WalkInForm,
    pub(super) stamp: &'a str,
    pub(super) given: &'a Given,
    pub(super) wrong: &'a [Wrong],
}

/// How a field is asked for.
struct Field<'a> {
    name: &'a str,
    label: &'a str,
    required: bool,
    kind: Kind,
    hint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One line, as browsers call it, and what they may fill it in with.
    Line { input: &'static str, autocomplete: &'static str },
    /// Several lines.
    Lines,
}

/// A form.
pub(super) fn form(shown: &Shown<'_>) -> String {
    let Shown { form, stamp, given, wrong } = shown;
    let words = words(form.language);
    let before = (!wrong.is_empty()).then_some(words.error);
    let mut page = Page::begun(words, before, form.heading.as_str(), STYLE);
    if !wrong.is_empty() {
        summary(&mut page, words, form, wrong);
    }
    page.markup("<h1>").text(form.heading.as_str()).markup("</h1>\n");
    if let Some(greeting) = &form.greeting {
        page.markup("<p class=\"lines\">").text(greeting.as_str()).markup("</p>\n");
    }
    page.markup("<form method=\"post\" novalidate=\"novalidate\">\n");
    page.markup("<input type=\"hidden\" name=\"stamp\" value=\"").text(stamp).markup("\"/>\n");
    for field in fields(form, words) {
        ask(&mut page, words, &field, given, wrong);
    }
    trap(&mut page, words);
    if let Some(consent) = &form.consent {
        agree(&mut page, words, consent.as_str(), given, wrong);
    }
    page.markup("<button type=\"submit\">").text(words.send).markup("</button>\n</form>\n");
    page.ended()
}

fn fields<'a>(form: &'a WalkInForm, words: &'static Words) -> Vec<Field<'a>> {
    let line = |input, autocomplete| Kind::Line { input, autocomplete };
    let phone_hint = match &form.calling_code {
        Some(code) => format!("{} {code}.", words.phone_hint_before_code),
        None => words.phone_hint.to_owned(),
    };
    let known = [
        (form.name, NAME, words.name, line("text", "name"), None),
        (form.phone, PHONE, words.phone, line("tel", "tel"), Some(phone_hint)),
        (form.email, EMAIL, words.email, line("email", "email"), None),
    ];
    let known = known
        .into_iter()
        .filter(|(asked, ..)| *asked != Asked::No)
        .map(|(asked, name, label, kind, hint)| Field { name, label, required: asked == Asked::Always, kind, hint });
    let own = form.questions.iter().enumerate().map(|(nth, question)| Field {
        name: question_field(nth),
        label: question.text.as_str(),
        required: question.required,
        kind: if question.long { Kind::Lines } else { line("text", "off") },
        hint: None,
    });
    known.chain(own).collect()
}

/// What is wrong, each with a link to where.
fn summary(page: &mut Page, words: &'static Words, form: &WalkInForm, wrong: &[Wrong]) {
    page.markup("<div class=\"errors\" role=\"alert\" aria-labelledby=\"errors\" tabindex=\"-1\">\n<h2 id=\"errors\">");
    page.text(words.errors).markup("</h2>\n<ul>\n");
    for Wrong { field, what } in wrong {
        page.markup("<li>");
        match field {
            Some(field) => {
                page.markup("<a href=\"#").text(field).markup("\">");
                if let Some(label) = label(form, words, field) {
                    page.text(label).markup(": ");
                }
                page.text(what(words)).markup("</a>");
            }
            None => {
                page.text(what(words));
            }
        }
        page.markup("</li>\n");
    }
    page.markup("</ul>\n</div>\n");
}

fn label<'a>(form: &'a WalkInForm, words: &'static Words, name: &str) -> Option<&'a str> {
    fields(form, words).into_iter().find(|field| field.name == name).map(|field| field.label)
}

/// A field with its label, what is said of it, and what was written.
fn ask(page: &mut Page, words: &'static Words, field: &Field<'_>, given: &Given, wrong: &[Wrong]) {
    let Field { name, label, required, kind, hint } = field;
    let problem = wrong.iter().find(|wrong| wrong.field == Some(*name));
    page.markup("<div class=\"field\">\n<label for=\"").text(name).markup("\">").text(label);
    if *required {
        page.markup(" (").text(words.required).markup(")");
    }
    page.markup("</label>\n");
    if let Some(hint) = hint {
        page.markup("<p class=\"hint\" id=\"").text(name).markup("-hint\">").text(hint).markup("</p>\n");
    }
    problem_text(page, words, name, problem);
    page.markup(match kind {
        Kind::Line { .. } => "<input",
        Kind::Lines => "<textarea rows=\"4\"",
    });
    page.markup(" id=\"").text(name).markup("\" name=\"").text(name).markup("\"");
    if let Kind::Line { input, autocomplete } = kind {
        page.markup(" type=\"").text(input).markup("\" autocomplete=\"").text(autocomplete).markup("\"");
    }
    if *required {
        page.markup(" required=\"required\"");
    }
    if problem.is_some() {
        page.markup(" aria-invalid=\"true\"");
    }
    let described = [hint.as_ref().map(|_| "-hint"), problem.map(|_| "-wrong")];
    let described: Vec<String> = described.into_iter().flatten().map(|what| format!("{name}{what}")).collect();
    if !described.is_empty() {
        page.markup(" aria-describedby=\"").text(&described.join(" ")).markup("\"");
    }
    let written = given.get(name);
    match kind {
        Kind::Line { .. } => page.markup(" value=\"").text(written).markup("\"/>\n</div>\n"),
        // A line's end that follows the tag is not a part of what is in it.
        Kind::Lines => page.markup(">\n").text(written).markup("</textarea>\n</div>\n"),
    };
}

fn problem_text(page: &mut Page, words: &'static Words, name: &str, problem: Option<&Wrong>) {
    if let Some(Wrong { what, .. }) = problem {
        page.markup("<p class=\"wrong\" id=\"").text(name).markup("-wrong\">").text(words.error).markup(": ");
        page.text(what(words)).markup("</p>\n");
    }
}

/// What programs fill in, and people don't see.
fn trap(page: &mut Page, words: &'static Words) {
    page.markup("<div class=\"trap\" aria-hidden=\"true\">\n<label for=\"").text(TRAP).markup("\">").text(words.trap);
    page.markup("</label>\n<input id=\"").text(TRAP).markup("\" name=\"").text(TRAP);
    page.markup("\" type=\"text\" tabindex=\"-1\" autocomplete=\"off\" value=\"\"/>\n</div>\n");
}

fn agree(page: &mut Page, words: &'static Words, consent: &str, given: &Given, wrong: &[Wrong]) {
    let problem = wrong.iter().find(|wrong| wrong.field == Some(CONSENT));
    page.markup("<div class=\"field choice\">\n");
    problem_text(page, words, CONSENT, problem);
    page.markup("<input id=\"").text(CONSENT).markup("\" name=\"").text(CONSENT);
    page.markup("\" type=\"checkbox\" value=\"yes\" required=\"required\"");
    if !given.get(CONSENT).is_empty() {
        page.markup(" checked=\"checked\"");
    }
    if problem.is_some() {
        page.markup(" aria-invalid=\"true\" aria-describedby=\"").text(CONSENT).markup("-wrong\"");
    }
    page.markup("/>\n<label for=\"").text(CONSENT).markup("\">").text(consent);
    page.markup(" (").text(words.required).markup(")</label>\n</div>\n");
}

/// What she is told when it is done, and where she may go on.
pub(super) fn thanks(form: &WalkInForm, whatsapp: Option<&str>) -> String {
    let words = words(form.language);
    let mut page = Page::begun(words, None, words.thanks, STYLE_ABOVE);
    page.markup("<h1>").text(words.thanks).markup("</h1>\n<p class=\"lines\">");
    page.text(form.thanks.as_ref().map_or(words.thanks_text, |thanks| thanks.as_str())).markup("</p>\n");
    if let Some(link) = whatsapp {
        page.markup("<p><a class=\"button\" rel=\"noopener\" href=\"").text(link).markup("\">").text(words.whatsapp);
        page.markup("</a></p>\n");
    }
    page.ended()
}

/// Why there is nothing to fill in.
pub(super) fn instead(words: &Words, title: &str, text: &str, is_above: bool) -> String {
    let mut page = Page::begun(words, None, title, if is_above { STYLE_ABOVE } else { STYLE });
    page.markup("<h1>").text(title).markup("</h1>\n<p>").text(text).markup("</p>\n");
    page.ended()
}

/// Answers with a page. It is nobody's to keep: what somebody wrote may stand on it, and its stamp is hers.
pub(super) fn answer(status: StatusCode, page: String) -> Response {
    let headers: [(HeaderName, &str); 3] =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")];
    (status, headers, page).into_response()
}
