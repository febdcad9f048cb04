//! `leadflow simulate`.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Delays, Mishaps, Settings, Simulator};
use url::Url;

use super::output::say;
use super::signals::asked_to_stop;
use crate::config::Config;

/// Plays Meta for WhatsApp until it is stopped: the Graph API that messages are sent to, and signed webhooks that tell of
/// customers and of what became of messages. Webhooks are signed with the configured meta_app_secret.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Address and port on this machine; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Post webhooks here, e.g. http://127.0.0.1:8080/webhooks/whatsapp; nowhere if it is not said
    #[arg(long, value_name = "URL")]
    webhook: Option<Url>,
    /// A number there is; more than one may be said
    #[arg(long = "number", value_name = "PHONE_NUMBER_ID:WABA_ID:DISPLAY_PHONE", required = true, value_parser = number)]
    numbers: Vec<BusinessNumber>,
    /// The access token that reaches all numbers; a made-up one if it is not said
    #[arg(long)]
    token: Option<String>,
    /// Refuse who sends more from a number within a second than it may, or too many to one recipient
    #[arg(long)]
    enforce_pace: bool,
    /// How many messages a number may send within a second, those of its customers included
    #[arg(long, default_value_t = 80)]
    messages_per_second: usize,
    /// Let everybody be written to freely, as if she had just written
    #[arg(long)]
    windows_open: bool,
    /// Tell nothing of messages and templates by itself
    #[arg(long, conflicts_with_all = ["sent", "delivered", "read", "reviewed"])]
    by_hand: bool,
    /// Milliseconds from acceptance to sent
    #[arg(long, value_name = "FROM-TO", default_value = "50-200", value_parser = millis)]
    sent: RangeInclusive<u64>,
    /// Milliseconds from there to delivered
    #[arg(long, value_name = "FROM-TO", default_value = "100-1000", value_parser = millis)]
    delivered: RangeInclusive<u64>,
    /// Milliseconds from there to read
    #[arg(long, value_name = "FROM-TO", default_value = "500-5000", value_parser = millis)]
    read: RangeInclusive<u64>,
    /// Milliseconds from a template's creation to its approval
    #[arg(long, value_name = "FROM-TO", default_value = "2000-5000", value_parser = millis)]
    reviewed: RangeInclusive<u64>,
    /// How many of a thousand statuses are never told
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = thousandths(), conflicts_with = "by_hand")]
    lost: u16,
    /// How many of a thousand statuses are told twice
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = thousandths(), conflicts_with = "by_hand")]
    doubled: u16,
    /// Of how many messages in a thousand the statuses are told in another order
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = thousandths(), conflicts_with = "by_hand")]
    disordered: u16,
    /// What delays are drawn from; drawn itself if it is not said
    #[arg(long)]
    seed: Option<u64>,
}

impl Simulate {
    pub(super) async fn run(&self, config: &Config) -> anyhow::Result<ExitCode> {
        if !self.listen.ip().is_loopback() {
            bail!(
                "the simulator does what anybody asks of it: it listens on this machine alone, e.g. on 127.0.0.1:8090"
            );
        }
        let Some(app_secret) = &config.meta_app_secret else {
            bail!(
                "meta_app_secret is not set, so that webhooks can't be signed: set LEADFLOW_META_APP_SECRET to what the server has, \
                 or use its configuration file"
            );
        };
        let seed = self.seed.unwrap_or_else(|| u64::from_be_bytes(entropy::bytes()));
        let delays = Delays::Within {
            sent: self.sent.clone(),
            delivered: self.delivered.clone(),
            read: Some(self.read.clone()),
            reviewed: self.reviewed.clone(),
        };
        let settings = Settings {
            app_secret: app_secret.expose().to_owned(),
            posts_to: self.webhook.as_ref().map(Url::to_string),
            delays: if self.by_hand { Delays::ByHand } else { delays },
            mishaps: Mishaps { lost: self.lost, doubled: self.doubled, disordered: self.disordered },
            enforces_pace: self.enforce_pace,
            messages_per_second: self.messages_per_second,
            windows_open_for_all: self.windows_open,
            seed,
            ..Settings::default()
        };
        let simulator = Simulator::listen(self.listen, settings).await;
        let simulator = simulator.with_context(|| format!("nothing can listen on {}", self.listen))?;
        let token = self.token.clone().unwrap_or_else(|| format!("EAAG{}", hex::encode(entropy::bytes::<16>())));
        for number in &self.numbers {
            simulator.reaches(&token, number.clone(), "Simulated business");
        }
        self.tell(&simulator, &token, seed)?;
        asked_to_stop().await?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, simulator: &Simulator, token: &str, seed: u64) -> anyhow::Result<()> {
        let url = simulator.url();
        say!("Graph API     {url}   start the server with LEADFLOW_GRAPH_URL={url}, and the same meta_app_secret");
        say!("Access token  {token}   enter it for each number, with enterWhatsappCredentials");
        for number in &self.numbers {
            say!("Number        {} of account {}, {}", number.phone_number_id, number.waba_id, number.display_phone);
        }
        match &self.webhook {
            Some(webhook) => say!("Webhooks      {webhook}"),
            None => say!("Webhooks      nowhere; --webhook says where"),
        }
        say!("Seed          {seed}");
        if let Some(number) = self.numbers.first() {
            let said = serde_json::json!({
                "number": number.phone_number_id, "phone": "+16505551234", "name": "Ada", "text": "Hello",
            });
            say!("\nA customer writes:  curl {url}/_simulator/customers --json '{said}'");
        }
        say!("What was accepted:  curl {url}/_simulator/accepted");
        say!("Everything else:    docs/SIMULATOR.md");
        say!("Stop:               Ctrl-C");
        Ok(())
    }
}

fn number(text: &str) -> Result<BusinessNumber, String> {
    let parts: Vec<&str> = text.splitn(3, ':').map(str::trim).collect();
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [phone_number_id, waba_id, display_phone]
            if is_id(phone_number_id) && is_id(waba_id) && !display_phone.is_empty() =>
        {
            Ok(BusinessNumber {
                phone_number_id: (*phone_number_id).to_owned(),
                waba_id: (*waba_id).to_owned(),
                display_phone: (*display_phone).to_owned(),
            })
        }
        _ => {
            Err("it is two ids in digits and a phone number, e.g. 106540352242922:102290129340398:15550783881"
                .to_owned())
        }
    }
}

/// So many of a thousand.
fn thousandths() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(0..=1_000)
}

fn millis(text: &str) -> Result<RangeInclusive<u64>, String> {
    let range = text.split_once('-').and_then(|(from, to)| Some(from.parse().ok()?..=to.parse().ok()?));
    range.filter(|range| !range.is_empty()).ok_or_else(|| "it is two numbers of milliseconds, e.g. 50-200".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_read_or_refused() {
        let read = number("106540352242922:102290129340398:+1 555-078-3881").unwrap();
        assert_eq!((read.waba_id.as_str(), read.display_phone.as_str()), ("102290129340398", "+1 555-078-3881"));
        for no in ["", "1:2", "1:2:", "a:2:3", "1::3"] {
            assert!(number(no).is_err(), "{no:?}");
        }
        assert_eq!((millis("50-200"), millis("7-7")), (Ok(50..=200), Ok(7..=7)));
        for no in ["", "5", "5-", "-5", "9-5", "a-b"] {
            assert!(millis(no).is_err(), "{no:?}");
        }
    }
}
