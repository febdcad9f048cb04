use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text};
use leadflow_tests::business::Business;
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::trace::{self, Trace};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

use super::begin::{Journey, shared};

/// A business that shows the same number to people as the other one, so that exports can be equal to the letter.
pub(super) async fn begin_on(installation: &Installation, server: &Server, phone_number_id: &str) -> Result<Journey> {
    let number = BusinessNumber {
        phone_number_id: phone_number_id.to_owned(),
        waba_id: "20229067".to_owned(),
        display_phone: "15559990000".to_owned(),
    };
    Journey::of(server, Business::register_with(installation, number).await?)
}

pub(super) async fn begin(phone_number_id: &str) -> Result<Journey> {
    let shared = shared().await?;
    begin_on(&shared.installation, &shared.server, phone_number_id).await
}

#[tokio::test]
async fn texts_delivered_three_times_in_random_order_come_to_the_same_as_one_clean_delivery() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let texts: Vec<Text> = Trace::new(seed, 40).take(500).collect();

    let clean = begin("2065403500001").await?;
    clean.receive(&texts).await?;

    let wild = begin("2065403500002").await?;
    let three_times = std::iter::repeat_n(&texts, 3).flatten();
    let mut bodies: Vec<Vec<u8>> = three_times.map(|text| wild.business.webhook(text)).collect();
    bodies.shuffle(&mut StdRng::seed_from_u64(seed));
    let shared = shared().await?;
    Sender::new(shared.server.address(), 16)?.deliver(&bodies).await?;

    // Until the last of them is worked off: what is still to come might be taken twice.
    shared.installation.settle().await?;
    clean.shows(&texts).await?;
    wild.shows(&texts).await?;
    let (clean, wild) = (CanonicalExport::read(&clean.graphql).await?, CanonicalExport::read(&wild.graphql).await?);
    assert_eq!(clean.difference(&wild), "");
    assert_eq!(clean, wild);
    Ok(())
}
