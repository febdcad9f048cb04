//! What clients' tools ask of our own schema, and what is made of it to hurt.

use super::*;
use crate::graphql::schema as our_schema;

/// As tools ask: everything, types of types nine deep.
const EVERYTHING: &str = "
    query IntrospectionQuery {
      __schema {
        description
        queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef }
      }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue {
      name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
    }
    fragment TypeRef on __Type {
      kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
    }";

async fn ours(document: &str) -> Answer {
    let headers = headers(&[(CONTENT_TYPE, JSON), (ACCEPT, GRAPHQL)]);
    let sent = Sent::Body(json!({ "query": document }).to_string().into());
    Answer::of(answer(&our_schema(), &documents(), PATIENT, &headers, sent, fresh(), |request| request).await).await
}

#[tokio::test]
async fn what_tools_ask_is_answered_and_paid_for() {
    let told = ours(EVERYTHING).await;
    assert_eq!((told.status, told.body.get("errors")), (StatusCode::OK, None), "{}", told.message());
    let types = told.body["data"]["__schema"]["types"].as_array().expect("types");
    assert!(types.len() > 300 && types.len() < 600, "as many as the estimate has: {}", types.len());
    let cost = &told.body["extensions"]["cost"]["actualQueryCost"];
    assert!(cost.as_u64().is_some_and(|cost| cost > 5_000), "{cost}: its lists were priced as one thing each");
}

#[tokio::test]
async fn lists_of_the_schema_within_one_another_are_refused() {
    for rounds in 1..=8 {
        let (open, close) = ("possibleTypes { interfaces { ".repeat(rounds), "} } ".repeat(rounds));
        let told = ours(&format!("{{ __type(name: \"Node\") {{ {open} name {close} }} }}")).await;
        assert_eq!((told.status, told.code()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"), "{rounds}");
    }
}

#[tokio::test]
async fn the_most_that_may_be_asked_of_the_schema_is_within_bounds() {
    let names = |count: usize| (0..count).map(|n| format!(" n{n}: name")).collect::<String>();
    for (document, accepted) in [
        (format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", names(1_000)), false),
        (format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", names(32)), true),
        (format!("{{ __schema {{ types {{ fields {{ args {{ {} }} }} }} }} }}", names(32)), true),
        (format!("{{ __schema {{ types {{ enumValues {{ {} }} }} }} }}", names(160)), true),
        (format!("{{ __type(name: \"Query\") {{ fields {{ {} }} }} }}", names(990)), true),
        (format!("{{ __type(name: \"Node\") {{ possibleTypes {{ {} }} }} }}", names(1_000)), true),
    ] {
        let told = ours(&document).await;
        let size = told.body.to_string().len();
        println!(
            "{} {} {size} bytes, {}",
            &document[..60],
            told.code(),
            told.body["extensions"]["cost"]["actualQueryCost"]
        );
        assert_eq!(told.status == StatusCode::OK, accepted, "{}", told.message());
        assert!(size < 4 << 20, "{size}");
    }
}
