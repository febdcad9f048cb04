//! Over HTTP: against the simulator of numbers, and against small servers made for one answer each.

mod number;

use secrecy::SecretString;

use super::*;

const TOKEN: &str = "EAAGm0PX4ZCpsBAKtoken";
const NUMBER: &str = "106540352242922";

fn token(text: &str) -> AccessToken {
    AccessToken::parse(&SecretString::from(text)).unwrap()
}

fn graph_at(url: &str) -> Graph {
    Graph::new(&Url::parse(url).unwrap(), "v24.0", Duration::from_secs(10)).unwrap()
}
