//! What has to be filled in to send a template.

use async_graphql::{Enum, SimpleObject};
use leadflow_domain::template::{ButtonForm, ButtonGap, Form, Gaps, HeaderForm, MOST_BUTTONS};

use super::components::TemplateHeaderKind;

/// What has to be filled in to send a template.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct TemplateForm {
    /// In its header; null where nothing has to.
    header: Option<TemplateHeaderForm>,
    /// In its text.
    body: TemplateGaps,
    /// In its buttons: those that take something.
    #[graphql(complexity = "1 + MOST_BUTTONS * child_complexity")]
    buttons: Vec<TemplateButtonForm>,
}

/// What has to be filled in in a template's header.
#[derive(Debug, Clone, SimpleObject)]
struct TemplateHeaderForm {
    /// Texts, a file of that kind, or a place.
    kind: TemplateHeaderKind,
    /// Of `TEXT`, its gaps.
    gaps: Option<TemplateGaps>,
}

/// Gaps of a text.
#[derive(Debug, Clone, SimpleObject)]
struct TemplateGaps {
    /// How many.
    count: i32,
    /// What they are called, in their order; null where they are counted, and filled in their order.
    names: Option<Vec<String>>,
}

/// What a button of a template takes.
#[derive(Debug, Clone, SimpleObject)]
struct TemplateButtonForm {
    /// Which of its buttons, from 0.
    index: i32,
    /// What it takes.
    takes: TemplateButtonGap,
    /// Whether the template can't be sent without.
    required: bool,
}

/// What a button of a template takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ButtonGap")]
enum TemplateButtonGap {
    /// The end of its address.
    UrlSuffix,
    /// What its answer brings back.
    Payload,
    /// The code that it copies.
    CopyCode,
}

impl From<Form> for TemplateForm {
    fn from(form: Form) -> Self {
        let header = form.header.map(|header| match header {
            HeaderForm::Text(gaps) => TemplateHeaderForm { kind: TemplateHeaderKind::Text, gaps: Some(gaps.into()) },
            HeaderForm::File(kind) => TemplateHeaderForm { kind: kind.into(), gaps: None },
            HeaderForm::Location => TemplateHeaderForm { kind: TemplateHeaderKind::Location, gaps: None },
        });
        let buttons = form.buttons.into_iter().map(|ButtonForm { index, gap }| TemplateButtonForm {
            index: number(index),
            takes: gap.into(),
            required: gap.is_required(),
        });
        Self { header, body: form.body.into(), buttons: buttons.collect() }
    }
}

impl From<Gaps> for TemplateGaps {
    fn from(gaps: Gaps) -> Self {
        let count = number(gaps.count());
        match gaps {
            Gaps::Counted(_) => Self { count, names: None },
            Gaps::Named(names) => Self { count, names: Some(names) },
        }
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
