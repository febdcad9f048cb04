//! Meta's words for how a template stands, what it is for, and what people think of it.

use leadflow_domain::template::{TemplateCategory, TemplateQuality, TemplateStatus};

/// Longest word of Meta's that is kept; its own are some twenty characters.
const LONGEST_WORD: usize = 64;

fn kept(word: &str) -> String {
    word.chars().filter(|letter| !letter.is_control()).take(LONGEST_WORD).collect()
}

/// How a template is listed to stand.
pub(crate) fn status(word: &str, rejected_for: Option<&str>) -> TemplateStatus {
    match word {
        "APPROVED" => TemplateStatus::Approved,
        "PENDING" => TemplateStatus::Pending,
        // Nobody says no for no reason; Meta writes so where it is not said.
        "REJECTED" => TemplateStatus::Rejected { reason: rejected_for.filter(|reason| *reason != "NONE").map(kept) },
        "PAUSED" => TemplateStatus::Paused,
        "DISABLED" => TemplateStatus::Disabled,
        "FLAGGED" => TemplateStatus::Flagged,
        "IN_APPEAL" => TemplateStatus::InAppeal,
        "PENDING_DELETION" => TemplateStatus::PendingDeletion,
        "DELETED" => TemplateStatus::Deleted,
        "LIMIT_EXCEEDED" => TemplateStatus::LimitExceeded,
        "ARCHIVED" => TemplateStatus::Archived,
        other => TemplateStatus::Other(kept(other)),
    }
}

/// How a template stands once a webhook tells this `event` of it: what was taken back may be sent again.
pub(crate) fn told_status(event: &str, reason: Option<&str>) -> TemplateStatus {
    match event {
        "REINSTATED" | "UNARCHIVED" => TemplateStatus::Approved,
        other => status(other, reason),
    }
}

/// What a template is for.
pub(crate) fn category(word: &str) -> TemplateCategory {
    match word {
        "MARKETING" => TemplateCategory::Marketing,
        "UTILITY" => TemplateCategory::Utility,
        "AUTHENTICATION" => TemplateCategory::Authentication,
        other => TemplateCategory::Other(kept(other)),
    }
}

/// Meta's word for what a template is for.
pub(crate) fn category_word(category: &TemplateCategory) -> &str {
    match category {
        TemplateCategory::Marketing => "MARKETING",
        TemplateCategory::Utility => "UTILITY",
        TemplateCategory::Authentication => "AUTHENTICATION",
        TemplateCategory::Other(word) => word,
    }
}

/// What people think of a template.
pub(crate) fn quality(word: &str) -> TemplateQuality {
    match word {
        "GREEN" => TemplateQuality::Green,
        "YELLOW" => TemplateQuality::Yellow,
        "RED" => TemplateQuality::Red,
        "UNKNOWN" => TemplateQuality::Unknown,
        other => TemplateQuality::Other(kept(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_known_and_others_are_kept() {
        let words = [
            "APPROVED",
            "PENDING",
            "REJECTED",
            "PAUSED",
            "DISABLED",
            "FLAGGED",
            "IN_APPEAL",
            "PENDING_DELETION",
            "DELETED",
            "LIMIT_EXCEEDED",
            "ARCHIVED",
        ];
        for word in words {
            assert_eq!(status(word, None).word(), word);
            assert_eq!(told_status(word, None).word(), word);
        }
        assert_eq!(status("LOCKED", None), TemplateStatus::Other("LOCKED".to_owned()));
        for word in ["REINSTATED", "UNARCHIVED"] {
            assert_eq!(told_status(word, None), TemplateStatus::Approved);
            assert_eq!(status(word, None).word(), "OTHER");
        }
        for word in ["MARKETING", "UTILITY", "AUTHENTICATION", "SERVICE"] {
            assert_eq!(category_word(&category(word)), word);
        }
        assert_eq!(category("SERVICE"), TemplateCategory::Other("SERVICE".to_owned()));
        assert_eq!(quality("BLUE"), TemplateQuality::Other("BLUE".to_owned()));
        for (word, known) in [
            ("GREEN", TemplateQuality::Green),
            ("YELLOW", TemplateQuality::Yellow),
            ("RED", TemplateQuality::Red),
            ("UNKNOWN", TemplateQuality::Unknown),
        ] {
            assert_eq!(quality(word), known);
        }
    }

    #[test]
    fn why_it_was_rejected_is_told_where_it_is_said() {
        let rejected = |reason: Option<&str>| TemplateStatus::Rejected { reason: reason.map(str::to_owned) };
        assert_eq!(status("REJECTED", Some("SCAM")), rejected(Some("SCAM")));
        assert_eq!(status("REJECTED", Some("NONE")), rejected(None));
        assert_eq!(status("REJECTED", None), rejected(None));
        assert_eq!(status("REJECTED", Some(&"é\0".repeat(99))), rejected(Some(&"é".repeat(64))));
    }
}
