//! One person who comes by four sources at the same moment: a message, a form, a program's post, and somebody who enters her.

use leadflow_domain::SourceId;
use leadflow_domain::lead::{LeadSource, Origin};
use serde_json::json;

use super::forms::{self, fill_in, form, kinds};
use super::{external, *};
use crate::submissions::{self, KnownBy, Lookup, Told};

const PARTNER: SourceId = SourceId::from_uuid(Uuid::from_u128(72));

const ROUNDS: usize = 100;

/// One delivery at a time, so that several at work share what there is.
fn one_by_one(bed: &Bed) -> Translator {
    Translator::new(
        bed.pool.clone(),
        bed.store.reader().clone(),
        bed.commands.clone(),
        Arc::clone(&bed.keys),
        bed.intake.stored(),
        1,
        CancellationToken::new(),
    )
}

/// Somebody of the business enters who has this number.
async fn enter(bed: &Bed, round: usize, phone: &str) {
    let context = bed.context(&format!("enter {round}"));
    let phone = E164::parse(phone).unwrap();
    let lookup = Lookup { pool: &bed.pool, commands: &bed.commands, context: &context };
    let whom = lookup.identify(&KnownBy::new(&bed.keys, Some(&phone), None)).await.unwrap();
    let told = Told {
        source: LeadSource::Manual,
        from: None,
        at: jiff::Timestamp::from_second(1_763_712_000).unwrap(),
        provider_lead_id: None,
        name: None,
        origin: Origin::default(),
        click_id: None,
        answers: vec![],
    };
    submissions::submit(&bed.commands, whom, told, context.clone()).await.unwrap();
}

#[tokio::test]
async fn one_person_by_four_sources_is_one_contact_with_one_lead() {
    let bed = forms::bed().await;
    bed.connect(&number()).await;
    external::open(&bed, TENANT, PARTNER).await;
    for round in 0..ROUNDS {
        let phone = format!("39333{round:07}");
        bed.deliver(texts(&[text(&phone, &format!("a{round}"))])).await;
        fill_in(&bed, forms::SOURCE, &form(&format!("L{round}"), &[("PHONE_NUMBER", &phone)])).await;
        let posted = json!({ "id": format!("S-{round}"), "phone": format!("+{phone}"), "email": format!("somebody{round}@example.com") });
        external::post(&bed, PARTNER, &posted).await;
        let translators = [one_by_one(&bed), one_by_one(&bed), one_by_one(&bed)];
        let rounds = futures_util::future::join_all(translators.iter().map(|translator| translator.round(Turn::New)));
        let (rounds, ()) = futures_util::future::join(rounds, enter(&bed, round, &phone)).await;
        assert_eq!(rounds.into_iter().map(|round| round.unwrap().finished).sum::<usize>(), 3);
    }
    let kinds = kinds(&bed).await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!((count("contact.introduced_by_phone"), count("contact.introduced")), (ROUNDS, 0));
    assert_eq!((count("lead.captured"), count("lead.submitted")), (ROUNDS, 3 * ROUNDS));
    assert_eq!((count("contact.identifier_added"), count("contact.identifier_conflicted")), (ROUNDS, 0));
    let from: Vec<(String, i64)> = sqlx::query_as(
        "select payload -> event_type ->> 'source', count(distinct aggregate_id) from events where event_type = 'lead.submitted' group by 1",
    )
    .fetch_all(&bed.pool)
    .await
    .unwrap();
    let rounds = i64::try_from(ROUNDS).unwrap();
    assert!(from.len() == 3 && from.iter().all(|(_, leads)| *leads == rounds), "{from:?}");
}
