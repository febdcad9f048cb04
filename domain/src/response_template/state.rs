use serde::{Deserialize, Serialize};

use super::{
    Response, ResponseTemplateCommand, ResponseTemplateEvent, ResponseTemplateRefusal, change, create, remove,
    response_title_reservation,
};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What the decisions of an answer that a business keeps ready need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponseTemplate {
    pub(super) standing: Standing,
}

/// Whether there is such an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Nobody made it yet.
    #[default]
    Unknown,
    /// There is.
    Kept(Response),
    /// Not any more.
    Removed,
}

aggregate::aggregate!(
    ResponseTemplate,
    "response_template",
    ResponseTemplateCommand,
    ResponseTemplateEvent,
    ResponseTemplateRefusal
);

impl ResponseTemplate {
    fn evolve(&mut self, event: ResponseTemplateEvent) {
        self.standing = match event {
            ResponseTemplateEvent::Created(response) | ResponseTemplateEvent::Changed { response, .. } => {
                Standing::Kept(response)
            }
            ResponseTemplateEvent::Removed { .. } => Standing::Removed,
        };
    }
}

impl Decide for ResponseTemplate {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: ResponseTemplateCommand) -> Result<Vec<ResponseTemplateEvent>, ResponseTemplateRefusal> {
        match command {
            ResponseTemplateCommand::Create(response) => create::decide(self, response),
            ResponseTemplateCommand::Change(response) => change::decide(self, response),
            ResponseTemplateCommand::Remove => remove::decide(self),
        }
    }

    fn reservations(_: StreamId, event: &ResponseTemplateEvent) -> Vec<ReservationChange> {
        match event {
            ResponseTemplateEvent::Created(response) => {
                vec![ReservationChange::Take(response_title_reservation(&response.title))]
            }
            ResponseTemplateEvent::Changed { before, response } => vec![
                ReservationChange::Release(response_title_reservation(before)),
                ReservationChange::Take(response_title_reservation(&response.title)),
            ],
            ResponseTemplateEvent::Removed { title } => {
                vec![ReservationChange::Release(response_title_reservation(title))]
            }
        }
    }

    fn data_subject(_: StreamId, event: &ResponseTemplateEvent) -> DataSubject {
        match event {
            ResponseTemplateEvent::Created(_)
            | ResponseTemplateEvent::Changed { .. }
            | ResponseTemplateEvent::Removed { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::ResponseTemplateEvent;
    use crate::response_template::{Intent, Response, ResponseBody, ResponseTitle};

    pub(crate) fn response(title: &str, body: &str) -> Response {
        Response {
            title: ResponseTitle::parse(title).unwrap(),
            intent: Some(Intent::parse("greeting").unwrap()),
            body: ResponseBody::parse(body).unwrap(),
        }
    }

    pub(crate) fn created(title: &str, body: &str) -> ResponseTemplateEvent {
        ResponseTemplateEvent::Created(response(title, body))
    }

    pub(crate) fn changed(before: &str, title: &str, body: &str) -> ResponseTemplateEvent {
        ResponseTemplateEvent::Changed {
            before: ResponseTitle::parse(before).unwrap(),
            response: response(title, body),
        }
    }

    pub(crate) fn removed(title: &str) -> ResponseTemplateEvent {
        ResponseTemplateEvent::Removed { title: ResponseTitle::parse(title).unwrap() }
    }
}
