//! SMTP (RFC 5321), as a client that submits (RFC 6409).
//!
//! A connection carries one letter: letters are few, and a server ends an idle connection when it likes.

#[cfg(test)]
mod exim;
#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport, Tokio1Executor};
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::{Host, Url};

use super::failure::Failure;
use super::message::Email;
use super::sender::Sender;
use crate::cause::cause;

/// Ports of RFC 8314, 7.3: TLS from the first byte on, and STARTTLS.
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;

/// A mail server.
#[derive(Debug)]
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

/// The text names no mail server. It may hold a password, so nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAServer {
    /// It is no such URL.
    #[error(
        "it reads like smtps://user:password@host (TLS), smtp://user:password@host (STARTTLS), or \
         smtp://localhost:25?tls=none; what is no letter or digit in user or password is written %40"
    )]
    Unreadable,
    /// Without TLS a letter and its links are anybody's on the way.
    #[error("tls=none is for a server on this machine alone")]
    InClear,
    /// This machine's certificates can't be had.
    #[error("TLS can't be had on this machine")]
    NoTls,
}

/// How a server is reached, before certificates come into it.
struct Reached {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// From the first byte on.
    Implicit,
    /// Before anything is said. A server that offers none is refused.
    StartTls,
    /// On this machine alone.
    None,
}

impl Smtp {
    /// The server that `url` names, for letters that `sender` writes. Its certificate is checked against this machine's.
    ///
    /// # Errors
    /// [`NotAServer`].
    pub fn new(url: &str, sender: &Sender) -> Result<Self, NotAServer> {
        Self::trusting(url, sender, |parameters| parameters)
    }

    fn trusting(
        url: &str,
        sender: &Sender,
        certificates: impl FnOnce(TlsParametersBuilder) -> TlsParametersBuilder,
    ) -> Result<Self, NotAServer> {
        let Reached { host, port, security, credentials } = reached(url)?;
        let parameters = || certificates(TlsParameters::builder(host.clone())).build().map_err(|_| NotAServer::NoTls);
        let tls = match security {
            Security::Implicit => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(port)
            .tls(tls)
            // Servers look askance at a host that calls itself by a bare address.
            .hello_name(ClientId::Domain(sender.host().to_owned()));
        if let Some(credentials) = credentials {
            server = server.credentials(credentials);
        }
        Ok(Self(server.build()))
    }

    pub(super) async fn send(&self, email: &Email) -> Result<(), Failure> {
        let message = email.message()?;
        match self.0.send(message).await {
            Ok(_taken) => Ok(()),
            // Not to be told from what concerns all letters but by looking at this one (RFC 6531).
            Err(error) if error.is_client() && !email.to.is_ascii() => {
                Err(Failure::never("the mail server takes no address like this one"))
            }
            Err(error) => Err(failure_of(&error)),
        }
    }
}

fn reached(url: &str) -> Result<Reached, NotAServer> {
    let url = Url::parse(url).map_err(|_| NotAServer::Unreadable)?;
    let (secured, usual_port) = match url.scheme() {
        "smtps" => (Security::Implicit, SUBMISSIONS),
        "smtp" => (Security::StartTls, SUBMISSION),
        _ => return Err(NotAServer::Unreadable),
    };
    let host = url.host().ok_or(NotAServer::Unreadable)?;
    if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
        return Err(NotAServer::Unreadable);
    }
    let security = match (url.query(), secured) {
        (None, secured) => secured,
        (Some("tls=none"), Security::StartTls) if is_this_machine(&host) => Security::None,
        (Some("tls=none"), Security::StartTls) => return Err(NotAServer::InClear),
        (Some(_), _) => return Err(NotAServer::Unreadable),
    };
    let decoded = |text| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| NotAServer::Unreadable);
    let credentials = match (url.username(), url.password()) {
        ("", None) => None,
        (user, Some(password)) if !user.is_empty() => Some(Credentials::new(decoded(user)?, decoded(password)?)),
        (_, _) => return Err(NotAServer::Unreadable),
    };
    // Of schemes that it does not know, the parser leaves hosts as texts.
    let host = host.to_string().trim_matches(['[', ']']).to_owned();
    Ok(Reached { host, port: url.port().unwrap_or(usual_port), security, credentials })
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// What a server's answer means. Its words often repeat the address, so only its numbers are told.
fn failure_of(error: &Error) -> Failure {
    let Some(code) = error.status() else {
        return if error.is_client() {
            // What the two can't agree on: no TLS, no way to sign in, an address that the server can't write.
            Failure::refused(format!("the mail server can't do what is needed: {}", cause(error)))
        } else if error.is_response() {
            Failure::later("the mail server's answer is not SMTP")
        } else {
            Failure::later(format!("the mail server can't be reached: {}", cause(error)))
        };
    };
    let enhanced = error.source().map(ToString::to_string).as_deref().and_then(enhanced_code);
    let told = match &enhanced {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code.to_string(),
    };
    let reason = format!("the mail server answered {told}");
    if error.is_transient() {
        Failure::later(reason)
    } else if is_about_us(code.into(), enhanced.as_deref()) {
        Failure::refused(reason)
    } else {
        Failure::never(reason)
    }
}

/// Whether it is us who are refused, and not the one letter: how we sign in (RFC 4954, 6), our address as the sender
/// (X.1.7, X.1.8), or what we may do (X.7; RFC 3463).
fn is_about_us(code: u16, enhanced: Option<&str>) -> bool {
    [530, 534, 535, 538].contains(&code)
        || enhanced.is_some_and(|enhanced| ["5.1.7", "5.1.8"].contains(&enhanced) || enhanced.starts_with("5.7."))
}

/// The enhanced status code that an answer begins with (RFC 2034).
fn enhanced_code(answer: &str) -> Option<String> {
    let word = answer.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let well_formed = parts.len() == 3
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    well_formed.then(|| word.to_owned())
}
