//! How a business wants its dashboard to look.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::onboarding::with_step;
use super::{OnboardingStep, Tenant, TenantEvent, TenantRefusal};
use crate::ShortText;

/// What a look is called: 1 to 50 characters.
pub type ThemeName = ShortText<1, 50>;

/// Most characters of a logo's address.
const LONGEST_URL: usize = 2048;

/// How a business's dashboard looks, as far as it said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branding {
    /// Its colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme_color: Option<Color>,
    /// What the look is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme_name: Option<ThemeName>,
    /// Where its logo is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<LogoUrl>,
}

/// A colour: `#` and six hexadecimal digits, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(String);

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a colour such as #1f6feb")]
pub struct NotAColor;

/// Where a logo is: an address of the web that begins with `https://`, in ASCII and without what could end an attribute or
/// an address in a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogoUrl(String);

/// The text is no address of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an address that begins with https:// and has at most {LONGEST_URL} characters")]
pub struct NotALogoUrl;

impl Color {
    /// Takes digits of either case.
    ///
    /// # Errors
    /// [`NotAColor`].
    pub fn parse(text: &str) -> Result<Self, NotAColor> {
        let digits = text.strip_prefix('#').ok_or(NotAColor)?;
        let well_formed = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if well_formed { Ok(Self(text.to_ascii_lowercase())) } else { Err(NotAColor) }
    }

    /// The colour with its `#`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LogoUrl {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`NotALogoUrl`].
    pub fn parse(text: &str) -> Result<Self, NotALogoUrl> {
        let rest = text.strip_prefix("https://").ok_or(NotALogoUrl)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
        let well_formed = text.len() <= LONGEST_URL
            && host.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && host.bytes().all(is_host)
            && rest.bytes().all(is_plain);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotALogoUrl) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Color {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        Self::parse(&text)
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.0
    }
}

impl TryFrom<String> for LogoUrl {
    type Error = NotALogoUrl;

    fn try_from(text: String) -> Result<Self, NotALogoUrl> {
        Self::parse(&text)
    }
}

impl From<LogoUrl> for String {
    fn from(logo: LogoUrl) -> Self {
        logo.0
    }
}

pub(super) fn set(tenant: &Tenant, branding: Branding) -> Result<Vec<TenantEvent>, TenantRefusal> {
    tenant.registered()?;
    Ok(if tenant.branding == branding {
        vec![]
    } else {
        with_step(tenant, TenantEvent::BrandingSet { branding }, OnboardingStep::Branding)
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::*;
    use crate::tenant::TenantCommand;
    use crate::tenant::state::samples::registered;

    fn blue() -> Branding {
        Branding { theme_color: Some(Color::parse("#1F6FEB").unwrap()), ..Branding::default() }
    }

    fn set(branding: Branding) -> TenantCommand {
        TenantCommand::SetBranding { branding }
    }

    fn was_set(branding: Branding) -> TenantEvent {
        TenantEvent::BrandingSet { branding }
    }

    fn done() -> TenantEvent {
        TenantEvent::OnboardingStepCompleted { step: OnboardingStep::Branding }
    }

    #[test]
    fn a_business_says_how_it_looks_and_takes_it_back() {
        TestFramework::<Tenant>::with(())
            .given(vec![registered()])
            .when(set(blue()))
            .then_expect_events(vec![was_set(blue()), done()]);
        TestFramework::<Tenant>::with(())
            .given(vec![registered(), was_set(blue()), done()])
            .when(set(Branding::default()))
            .then_expect_events(vec![was_set(Branding::default())]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        for (given, said) in [(vec![registered(), was_set(blue())], blue()), (vec![registered()], Branding::default())]
        {
            TestFramework::<Tenant>::with(()).given(given).when(set(said)).then_expect_events(vec![]);
        }
    }

    #[test]
    fn who_is_not_registered_looks_like_nothing() {
        TestFramework::<Tenant>::with(())
            .given_no_previous_events()
            .when(set(blue()))
            .then_expect_error(TenantRefusal::NotFound);
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!(Color::parse("#1F6fEB").unwrap().as_str(), "#1f6feb");
        for text in ["", "#", "1f6feb", "#fff", "#1f6febb", "#1f6fe", "#1f6feg", "#1f6fe\u{e9}", " #1f6feb", "red"] {
            assert_eq!(Color::parse(text), Err(NotAColor), "{text}");
        }
    }

    #[test]
    fn a_logo_is_on_the_web_and_stays_within_its_place_in_a_page() {
        for text in ["https://cdn.example.com/logo.png?v=2#a", "https://a", "https://localhost:8443/x"] {
            assert_eq!(LogoUrl::parse(text).unwrap().as_str(), text);
        }
        let long = format!("https://a/{}", "x".repeat(LONGEST_URL));
        for text in [
            "",
            "http://example.com/logo.png",
            "https://",
            "https:///logo.png",
            "https://ada:secret@example.com/logo.png",
            "https://example.com/logo\" onload=\"x",
            "https://example.com/a b",
            "https://example.com/\nx",
            "https://example.com/<svg>",
            "javascript:alert(1)",
            "https://ex\u{e4}mple.com/",
            &long,
        ] {
            assert_eq!(LogoUrl::parse(text), Err(NotALogoUrl), "{text}");
        }
    }
}
