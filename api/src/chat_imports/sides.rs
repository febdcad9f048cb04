//! Which of the names in a file is the customer's, and which the business's. Nothing is guessed: a name is somebody's because it was said,
//! because it is her phone, or because the other one is the other's.

use leadflow_domain::E164;
use leadflow_gateways::whatsapp::export::{Surveyed, plain_name};

use super::not_imported::NotImported;

/// Who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Customer,
    Business,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Customer => Self::Business,
            Self::Business => Self::Customer,
        }
    }
}

/// Whose names are whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sides {
    named: Vec<(String, Side)>,
}

impl Sides {
    /// By what is said of the names, and by the customer's phone.
    pub(super) fn of(
        surveyed: &Surveyed,
        customer: &E164,
        business_name: Option<&str>,
        customer_name: Option<&str>,
    ) -> Result<Self, NotImported> {
        let names = &surveyed.names;
        if surveyed.has_more_names || names.len() > 2 {
            return Err(NotImported::Group { names: names.clone(), has_more: surveyed.has_more_names });
        }
        let unclear = || NotImported::Names { names: names.clone() };
        let (business, hers) = (business_name.map(plain_name), customer_name.map(plain_name));
        if hers.as_ref().is_some_and(|hers| !names.contains_key(hers)) {
            return Err(unclear());
        }
        let known = names.keys().map(|name| {
            let side = if business.as_ref() == Some(name) {
                Some(Side::Business)
            } else if hers.as_ref() == Some(name) || is_phone(name, customer) {
                Some(Side::Customer)
            } else {
                None
            };
            (name.clone(), side)
        });
        let known: Vec<(String, Option<Side>)> = known.collect();
        // Who was said to write, and does not, may be written otherwise: then nobody else is she.
        let is_said = business.as_ref().is_none_or(|business| names.contains_key(business));
        let named = match known.as_slice() {
            [(only, Some(side))] => vec![(only.clone(), *side)],
            [(one, Some(side)), (another, None)] | [(another, None), (one, Some(side))] if is_said => {
                vec![(one.clone(), *side), (another.clone(), side.other())]
            }
            [(one, Some(side)), (another, Some(other))] if side != other => {
                vec![(one.clone(), *side), (another.clone(), *other)]
            }
            _ => return Err(unclear()),
        };
        Ok(Self { named })
    }

    /// Whose a name is.
    pub(super) fn side(&self, name: &str) -> Option<Side> {
        self.named.iter().find(|(named, _)| named == name).map(|(_, side)| *side)
    }

    /// What a side is called.
    pub(super) fn name(&self, side: Side) -> Option<&str> {
        self.named.iter().find(|(_, of)| *of == side).map(|(name, _)| name.as_str())
    }
}

/// Whether a name is this phone, as phones write numbers of whom they don't know.
pub(super) fn is_phone(name: &str, phone: &E164) -> bool {
    let plain: String = name.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
    E164::parse_written(&plain).is_ok_and(|named| named == *phone)
}

#[cfg(test)]
mod tests {
    use leadflow_gateways::whatsapp::export::{Day, Survey};

    use super::*;

    fn sides(names: &[&str], business: Option<&str>, hers: Option<&str>) -> Result<Sides, NotImported> {
        let known: Vec<&str> = business.into_iter().chain(hers).collect();
        let mut survey = Survey::new(&known, Day { year: 2026, month: 11, day: 29 }, None);
        for name in names {
            survey.push(&format!("31/12/23, 14:05 - {name}: a\n")).unwrap();
        }
        let surveyed = survey.finish().unwrap();
        Sides::of(&surveyed, &E164::parse("+393331234567").unwrap(), business, hers)
    }

    fn said(names: &[&str], business: Option<&str>, hers: Option<&str>) -> String {
        match sides(names, business, hers) {
            Ok(sides) => {
                let name = |side| sides.name(side).unwrap_or("-").to_owned();
                format!("{} | {}", name(Side::Customer), name(Side::Business))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_name_is_somebody_s_for_a_reason() {
        let phone = "\u{202a}+39\u{a0}333\u{a0}123\u{a0}4567\u{202c}";
        assert_eq!(said(&["Ada", "Shop"], Some("Shop"), None), "Ada | Shop");
        assert_eq!(said(&["Ada", "Shop"], None, Some("Ada")), "Ada | Shop");
        assert_eq!(said(&["Ada", "Shop"], Some("Shop"), Some("Ada")), "Ada | Shop");
        assert_eq!(said(&["Shop: Rome", "Ada"], Some("Shop: Rome"), None), "Ada | Shop: Rome");
        assert_eq!(said(&[phone, "Shop"], None, None), "+39\u{a0}333\u{a0}123\u{a0}4567 | Shop");
        assert_eq!(said(&[phone], None, None), "+39\u{a0}333\u{a0}123\u{a0}4567 | -");
        assert_eq!(said(&[phone], Some("Shop"), None), "+39\u{a0}333\u{a0}123\u{a0}4567 | -");
        assert_eq!(said(&["Shop"], Some("Shop"), None), "- | Shop");
        assert_eq!(said(&["Ada"], None, Some("Ada")), "Ada | -");
    }

    #[test]
    fn without_a_reason_it_is_asked() {
        let asked = "it can't be told which name is the customer's and which the business's: say which (names are “Ada” (1), “Shop” (1))";
        for (business, hers) in
            [(None, None), (Some("The Shop"), None), (None, Some("Eve")), (Some("The Shop"), Some("Eve"))]
        {
            assert_eq!(said(&["Ada", "Shop"], business, hers), asked);
        }
        assert!(sides(&["Ada"], None, None).is_err());
        assert!(sides(&["Ada"], Some("Shop"), None).is_err(), "Ada may be what the shop is called");
        assert!(sides(&["+39 333 1234567", "Shop"], Some("The Shop"), None).is_err());
        assert!(sides(&["+39 333 1234567", "Ada"], None, Some("Ada")).is_err(), "both are hers");
    }

    #[test]
    fn more_than_two_are_a_group() {
        assert_eq!(
            said(&["Ada", "Bob", "Shop", "Ada"], Some("Shop"), None),
            "this is a group's chat, which is not imported: 3 people write in it, “Ada” (2), “Bob” (1), “Shop” (1)"
        );
        let many: Vec<String> = (0..50).map(|nth| format!("N{nth}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(said(&many, None, None).contains("more than 32 people"));
    }
}
