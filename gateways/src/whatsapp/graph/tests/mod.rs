//! Over HTTP: against the simulator of numbers, and against small servers made for one answer each.

mod body;
mod class;
mod lead;
mod limits;
mod media;
mod number;
mod recorded_leads;
mod send;
mod server;
mod templates;
mod token;

use secrecy::SecretString;

use super::*;

const TOKEN: &str = "EAAGm0PX4ZCpsBAKtoken";
const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";

fn token(text: &str) -> AccessToken {
    AccessToken::parse(&SecretString::from(text)).unwrap()
}

fn graph_at(url: &str) -> Graph {
    patient(url, Duration::from_secs(10))
}

fn patient(url: &str, patience: Duration) -> Graph {
    Graph::new(&Url::parse(url).unwrap(), "v24.0", patience).unwrap()
}

fn hello() -> Outgoing {
    message(OutgoingContent::Text { body: "Is the green sofa still there?".to_owned(), preview_url: false })
}

fn message(content: OutgoingContent) -> Outgoing {
    let to = Recipient::Phone("+16505551234".to_owned());
    Outgoing { to, content, replies_to: None, callback: "0190b6f5".to_owned() }
}
