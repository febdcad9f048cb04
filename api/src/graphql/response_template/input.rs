//! What a client says of an answer.

use leadflow_domain::response_template::{Intent, Response, ResponseBody, ResponseTitle};

use crate::graphql::command::{Form, NotDone};

/// All there is to an answer. What can't be so is told at once.
pub(super) fn response(title: &str, intent: Option<&str>, body: &str) -> Result<Response, NotDone> {
    let mut form = Form::default();
    let title = form.read("title", ResponseTitle::parse(title));
    let intent = form.read("intent", intent.map(Intent::parse).transpose());
    let body = form.read("body", ResponseBody::parse(body));
    let said = title.zip(intent).zip(body).map(|((title, intent), body)| Response { title, intent, body });
    form.all(said)
}
