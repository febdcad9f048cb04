//! The stamp of a form that was handed out: when, and which form it was. It is signed, so nothing is kept of it.
//!
//! Whoever sends a form has had it for a moment, as people do, and not for longer than a page stays open; a stamp of another form, or
//! one that somebody made up, is none.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::source::WalkInSlug;
use leadflow_event_store::Keys;
use subtle::ConstantTimeEq;

/// Sooner nobody has read a form and filled it in.
pub(super) const LEAST_AGE: SignedDuration = SignedDuration::from_secs(2);

/// Longer nobody has a form before her.
pub(super) const LONGEST_AGE: SignedDuration = SignedDuration::from_hours(12);

/// Bytes of the form's number, of the moment in seconds, and of chance.
const LENGTHS: [usize; 3] = [4, 8, 16];

/// What a stamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Which of the source's forms it was.
    pub(super) form: u32,
    /// When it was handed out, in seconds.
    pub(super) second: i64,
    /// Which copy of it this is.
    pub(super) nonce: u128,
}

/// Why a form with a stamp is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// There is none, or it was not given out for this form.
    Forged,
    /// It was handed out a moment ago.
    TooSoon,
    /// It was handed out too long ago.
    Expired,
    /// The form asks otherwise since.
    Outdated,
}

impl Stamp {
    /// One of a form that is handed out at `now`.
    pub(super) fn new(form: u32, now: Timestamp, nonce: u128) -> Self {
        Self { form, second: now.as_second(), nonce }
    }

    /// As it stands in the form of this slug.
    pub(super) fn text(self, keys: &Keys, slug: &WalkInSlug) -> String {
        let said = [&self.form.to_be_bytes()[..], &self.second.to_be_bytes(), &self.nonce.to_be_bytes()].concat();
        let said = BASE64_URL_SAFE_NO_PAD.encode(said);
        let proof = BASE64_URL_SAFE_NO_PAD.encode(keys.form_stamp(&[slug.as_str(), &said]));
        format!("{said}.{proof}")
    }

    /// Reads what came with a form of this slug.
    pub(super) fn read(keys: &Keys, slug: &WalkInSlug, text: &str) -> Result<Self, Unfit> {
        let (said, proof) = text.split_once('.').ok_or(Unfit::Forged)?;
        let proof = BASE64_URL_SAFE_NO_PAD.decode(proof).map_err(|_| Unfit::Forged)?;
        if !bool::from(keys.form_stamp(&[slug.as_str(), said]).ct_eq(&proof)) {
            return Err(Unfit::Forged);
        }
        let said = BASE64_URL_SAFE_NO_PAD.decode(said).map_err(|_| Unfit::Forged)?;
        let [form, second, _] = LENGTHS;
        let (form, rest) = said.split_at_checked(form).ok_or(Unfit::Forged)?;
        let (second, nonce) = rest.split_at_checked(second).ok_or(Unfit::Forged)?;
        let read = |_| Unfit::Forged;
        Ok(Self {
            form: u32::from_be_bytes(form.try_into().map_err(read)?),
            second: i64::from_be_bytes(second.try_into().map_err(read)?),
            nonce: u128::from_be_bytes(nonce.try_into().map_err(read)?),
        })
    }

    /// Whether what came with it at `now` is taken, where the source's form is `form` by now. A clock that is a little behind the one
    /// that stamped it makes it young, and not old.
    pub(super) fn check(self, form: u32, now: Timestamp) -> Result<(), Unfit> {
        let age = SignedDuration::from_secs(now.as_second().saturating_sub(self.second));
        if age > LONGEST_AGE {
            Err(Unfit::Expired)
        } else if age < LEAST_AGE {
            Err(Unfit::TooSoon)
        } else if self.form != form {
            Err(Unfit::Outdated)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing::keys;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_763_712_000, 0);

    fn slug() -> WalkInSlug {
        WalkInSlug::of(7)
    }

    fn stamp(age: i64) -> Stamp {
        Stamp { form: 3, second: NOW.as_second() - age, nonce: 99 }
    }

    #[test]
    fn a_stamp_says_what_was_put_into_it() {
        let given = Stamp::new(3, NOW, 99);
        assert_eq!(Stamp::read(&keys(), &slug(), &given.text(&keys(), &slug())), Ok(given));
    }

    #[test]
    fn of_another_form_or_another_installation_it_is_none() {
        let text = stamp(10).text(&keys(), &slug());
        assert_eq!(Stamp::read(&keys(), &WalkInSlug::of(8), &text), Err(Unfit::Forged));
        assert_eq!(Stamp::read(&Keys::derive(&[9; 32]), &slug(), &text), Err(Unfit::Forged));
    }

    #[test]
    fn what_somebody_made_up_is_none() {
        let text = stamp(10).text(&keys(), &slug());
        let (said, proof) = text.split_once('.').unwrap();
        let older = stamp(100_000).text(&keys(), &slug());
        let made_up = [
            String::new(),
            ".".to_owned(),
            said.to_owned(),
            format!("{said}."),
            format!(".{proof}"),
            format!("{}.{proof}", older.split_once('.').unwrap().0),
            format!("{text}A"),
            format!("{text}="),
            text.to_lowercase(),
            "\0".repeat(64),
            "é".repeat(64),
        ];
        for text in made_up {
            assert_eq!(Stamp::read(&keys(), &slug(), &text), Err(Unfit::Forged), "{text}");
        }
        // Signed, and too short or too long to be one: an older program's, say.
        for said in ["", "AAAA", &"A".repeat(100)] {
            let proof = BASE64_URL_SAFE_NO_PAD.encode(keys().form_stamp(&[slug().as_str(), said]));
            assert_eq!(Stamp::read(&keys(), &slug(), &format!("{said}.{proof}")), Err(Unfit::Forged), "{said}");
        }
    }

    #[test]
    fn it_is_good_for_as_long_as_a_page_is_open_and_no_sooner_than_people_write() {
        for (age, fits) in [
            (-30, Err(Unfit::TooSoon)),
            (0, Err(Unfit::TooSoon)),
            (1, Err(Unfit::TooSoon)),
            (2, Ok(())),
            (12 * 3_600, Ok(())),
            (12 * 3_600 + 1, Err(Unfit::Expired)),
            (i64::MAX, Err(Unfit::Expired)),
        ] {
            let stamp = Stamp { second: NOW.as_second().saturating_sub(age), ..stamp(0) };
            assert_eq!(stamp.check(3, NOW), fits, "{age}");
        }
        assert_eq!(stamp(10).check(4, NOW), Err(Unfit::Outdated));
    }
}
