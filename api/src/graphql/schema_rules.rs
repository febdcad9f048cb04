//! What holds for the whole schema, whoever adds to it: all is described, every list is a connection or has its reason,
//! and what may fail takes nothing down with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest};
use async_graphql::registry::MetaType;
use async_graphql::{EmptyMutation, EmptySubscription, Object, OutputType, Response, Schema};
use axum::body::Bytes;
use serde_json::{Value, json};

use super::schema;

/// Lists that are no connections, each with why it can't grow without end.
const LISTS: &[(&str, &str)] = &[
    ("ApiKey.permissions", "those that there are"),
    ("ApiKey.scope", "those that there are"),
    ("ChannelHealth.restrictions", "twenty at most, which WhatsApp tells all at once"),
    ("AssignmentExplanation.candidates", "the members of one pool, 200 at most, in the order that decided"),
    ("BusinessHours.dates", "the business says them all at once, within one request's bounds"),
    ("BusinessHours.week", "seven days"),
    ("ConfirmSecondFactorPayload.recoveryCodes", "ten, and shown once"),
    ("Conversation.labels", "50 at most, and cut into parts they could not be read as one"),
    ("DateHours.hours", "eight stretches at most"),
    ("ExternalMapping.answers", "100 at most, and said at once"),
    ("ExternalMapping.name", "four at most"),
    ("ExternalSource.networks", "fifty at most, and said at once"),
    ("ExternalTrial.answers", "what one sample holds, and read as one"),
    ("ExternalTrial.problems", "each field of one mapping once"),
    ("ExternalTrial.userErrors", "each field of one mapping once"),
    ("Lead.attributes", "50 at most, in the order in which they are defined"),
    ("Lead.tags", "50 at most, and cut into parts they could not be read as one"),
    ("LeadAttribute.choices", "100 at most, and chosen from at once"),
    ("LeadCounts.stages", "one for each stage, 50 at most"),
    ("LeadPipeline.attributes", "50 at most, in the order in which they are defined"),
    ("LeadPipeline.lostReasons", "50 at most, and chosen from at once"),
    ("LeadPipeline.stages", "50 at most, and put in order as one"),
    ("LeadQuality.grounds", "the grounds that there are"),
    ("LeadChange.firstRefusals", "a hundred at most; `refusedFor` counts all"),
    ("LeadChange.refusedFor", "the reasons that there are"),
    ("LeadImport.columns", "those of one file, 100 at most, and read as one"),
    ("LeadImport.firstErrors", "twenty at most; the path beside it has all"),
    ("LeadSubmission.added", "the kinds that there are"),
    ("LeadSubmission.answers", "what one form holds, and read as one"),
    ("MetricDefinition.versions", "the versions that this program knows"),
    ("MetricReport.series", "a series for each group, which are bounded; in no order that a cursor could follow"),
    ("MetricSeries.buckets", "as many as the days that were asked for are cut into, which is bounded"),
    ("PossibleDuplicate.grounds", "the grounds that there are"),
    ("Query.analytics", "one for each metric that was asked for, twelve at most"),
    ("Query.nodes", "one for each id that was asked for, 100 at most"),
    ("Query.oidcProviders", "twenty at most, which the operator configured"),
    ("Query.projections", "the read models that this program has"),
    ("Query.sessions", "fifty at most: the oldest makes room"),
    ("Query.walkInRefusals", "one for each reason that there is"),
    ("Role.permissions", "those that there are"),
    ("Routing.pools", "thirty at most"),
    ("RoutingBacktest.shares", "one for each member who was given something"),
    ("RoutingMember.leaves", "fifty at most"),
    ("RoutingPool.members", "200 at most, in the order of their turns"),
    ("RoutingPoolSummary.serves", "the business says them all at once, within one request's bounds"),
    ("RoutingPool.serves", "the business says them all at once, within one request's bounds"),
    ("SendMessagePayload.eligibleTemplates", "twenty at most, to choose from at once; `templates` lists all"),
    ("SendMessagePayload.messages", "ten at most, into which one text was cut"),
    ("Source.recentCampaigns", "twenty at most, for people to see"),
    ("Source.recentForms", "twenty at most, for people to see"),
    ("Tenant.onboarding", "the steps that there are"),
    ("TemplateComponents.buttons", "ten at most, and read as one"),
    ("TemplateComponents.unsupported", "the parts that there are"),
    ("TemplateForm.buttons", "ten at most, and filled in as one"),
    ("TemplateGaps.names", "those of one text, and filled in as one"),
    ("UsageReport.lines", "366 days at most, of few items each, and their sum is the point"),
    ("Viewer.permissions", "those that there are"),
    ("WalkInForm.questions", "ten at most, and asked as one"),
    ("WebhookDelivery.items", "what one request held, and read as one"),
    ("WeekdayHours.hours", "eight stretches at most"),
];

const INTROSPECTION: &str = "{ __schema { types {
        kind name description
        fields(includeDeprecated: true) { name description type { ...T } args { name description defaultValue type { ...T } } }
        inputFields { name description defaultValue type { kind } }
        enumValues(includeDeprecated: true) { name description }
    } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The specification describes them.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// Types of the schema that are ours.
pub(super) async fn types() -> Vec<Value> {
    let answer = schema().execute(INTROSPECTION).await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    let data = answer.data.into_json().unwrap();
    let types = data["__schema"]["types"].as_array().unwrap().iter();
    types.filter(|found| !name(found).starts_with("__") && !BUILT_IN.contains(&name(found))).cloned().collect()
}

pub(super) fn name(named: &Value) -> &str {
    named["name"].as_str().unwrap_or_default()
}

pub(super) fn members<'a>(of: &'a Value, what: &str) -> impl Iterator<Item = &'a Value> {
    of[what].as_array().into_iter().flatten()
}

/// What a mutation's input may say.
pub(super) fn input_fields<'t>(types: &'t [Value], mutation: &str) -> Vec<&'t str> {
    let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    types.iter().filter(|of| name(of) == input).flat_map(|of| members(of, "inputFields").map(name)).collect()
}

fn is_described(named: &Value) -> bool {
    named["description"].as_str().is_some_and(|description| !description.trim().is_empty())
}

/// The places of `types` that say nothing of themselves.
fn undescribed(types: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    for of in types {
        if !is_described(of) {
            found.push(name(of).to_owned());
        }
        for what in ["fields", "inputFields", "enumValues"] {
            for member in members(of, what) {
                let at = format!("{}.{}", name(of), name(member));
                let arguments = members(member, "args").filter(|argument| !is_described(argument));
                found.extend(arguments.map(|argument| format!("{at}({})", name(argument))));
                if !is_described(member) {
                    found.push(at);
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn nothing_of_the_schema_is_bytes() {
    /// What has bytes, so that the name looked for is that of a scalar of bytes.
    struct Holder;
    #[Object]
    impl Holder {
        async fn held(&self) -> Bytes {
            Bytes::new()
        }
    }
    // Among the values of an answer bytes are pieces that are written already (`edge/piece.rs`).
    let bytes = Bytes::type_name();
    let with_bytes = Schema::new(Holder, EmptyMutation, EmptySubscription).sdl();
    assert!(with_bytes.contains(&format!("scalar {bytes}")), "{with_bytes}");
    assert!(types().await.iter().all(|found| name(found) != bytes));
}

#[tokio::test]
async fn everything_is_described() {
    let types = types().await;
    assert!(types.len() > 80 && types.iter().any(|found| name(found) == "Query"), "{}", types.len());
    assert_eq!(undescribed(&types), [""; 0]);
}

#[test]
fn what_says_nothing_is_found() {
    let silent = json!({ "name": "T", "description": " ", "fields": [
        { "name": "f", "description": "F.", "args": [{ "name": "a", "description": null }] },
        { "name": "g", "description": null, "args": [] },
    ]});
    assert_eq!(undescribed(&[silent]), ["T", "T.f(a)", "T.g"]);
}

/// Fields that are lists, without those of connections, and of payloads their refusals.
fn bare_lists(types: &[Value]) -> BTreeSet<String> {
    let fields = types.iter().flat_map(|of| members(of, "fields").map(move |field| (name(of), field)));
    fields
        .filter(|(_, field)| is_list(&field["type"]))
        .filter(|(of, field)| !(of.ends_with("Connection") && name(field) == "edges"))
        .filter(|(of, field)| !(of.ends_with("Payload") && name(field) == "userErrors"))
        .map(|(of, field)| format!("{of}.{}", name(field)))
        .collect()
}

/// Root fields and connections that can't be null: what fails of one of them would take down what is beside it.
fn unforgiving(types: &[Value]) -> Vec<String> {
    let fields = types.iter().flat_map(|of| members(of, "fields").map(move |field| (name(of), field)));
    fields
        .filter(|(of, field)| {
            let shape = &field["type"];
            let is_list = shape["ofType"]["name"].as_str().is_some_and(|named| named.ends_with("Connection"));
            shape["kind"] == "NON_NULL" && (["Query", "Mutation"].contains(of) || is_list)
        })
        .map(|(of, field)| format!("{of}.{}", name(field)))
        .collect()
}

#[tokio::test]
async fn a_root_field_or_a_list_that_fails_takes_nothing_down_with_it() {
    assert_eq!(unforgiving(&types().await), [""; 0]);
}

#[test]
fn what_would_take_others_down_is_found() {
    let never_null = |of: &str| json!({ "kind": "NON_NULL", "ofType": { "kind": "OBJECT", "name": of } });
    let types = ["Query", "Mutation", "Conversation"].map(|of| {
        json!({ "name": of, "fields": [
            { "name": "f", "type": never_null("T") },
            { "name": "g", "type": never_null("MessageConnection") },
            { "name": "h", "type": { "kind": "OBJECT", "name": "MessageConnection" } },
        ]})
    });
    assert_eq!(unforgiving(&types), ["Query.f", "Query.g", "Mutation.f", "Mutation.g", "Conversation.g"]);
}

fn is_list(shape: &Value) -> bool {
    match shape["kind"].as_str() {
        Some("LIST") => true,
        Some("NON_NULL") => is_list(&shape["ofType"]),
        _ => false,
    }
}

#[tokio::test]
async fn every_list_is_a_connection_or_has_its_reason() {
    let found = bare_lists(&types().await);
    let reasons: BTreeMap<&str, &str> = LISTS.iter().copied().collect();
    assert!(reasons.values().all(|reason| !reason.is_empty()));
    let without: Vec<_> = found.iter().filter(|list| !reasons.contains_key(list.as_str())).collect();
    assert!(without.is_empty(), "make them connections, or say in LISTS why not: {without:?}");
    let gone: Vec<_> = reasons.keys().filter(|list| !found.contains(**list)).collect();
    assert!(gone.is_empty(), "no such lists: {gone:?}");
}

/// Arguments and input fields that can't be null and need not be there: a variable for one of them that a client has no
/// value for is null, and refused.
fn optional_and_never_null(types: &[Value]) -> Vec<String> {
    let has_both = |input: &Value| input["type"]["kind"] == "NON_NULL" && !input["defaultValue"].is_null();
    let mut found = Vec::new();
    for of in types {
        for field in members(of, "fields") {
            let arguments = members(field, "args").filter(|argument| has_both(argument));
            found.extend(arguments.map(|argument| format!("{}.{}({})", name(of), name(field), name(argument))));
        }
        let inputs = members(of, "inputFields").filter(|input| has_both(input));
        found.extend(inputs.map(|input| format!("{}.{}", name(of), name(input))));
    }
    found
}

#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    assert_eq!(optional_and_never_null(&types().await), [""; 0]);
    let wrong = json!({ "name": "T", "fields": [
        { "name": "f", "args": [{ "name": "a", "defaultValue": "1", "type": { "kind": "NON_NULL" } }] },
        { "name": "g", "args": [{ "name": "a", "defaultValue": "1", "type": { "kind": "SCALAR" } }] },
    ], "inputFields": [
        { "name": "i", "defaultValue": "[]", "type": { "kind": "NON_NULL" } },
        { "name": "j", "defaultValue": null, "type": { "kind": "NON_NULL" } },
    ]});
    assert_eq!(optional_and_never_null(&[wrong]), ["T.f(a)", "T.i"]);
}

/// Lists of objects that are priced with a field above them, which knows how long they can be.
const PRICED_ABOVE: [(&str, &str); 3] = [
    ("MetricReport.series", "Query.analytics"),
    ("MetricSeries.buckets", "Query.analytics"),
    ("UsageReport.lines", "Query.usage"),
];

/// Is told of every list of objects in the schema, and of every field whether it has a price of its own.
#[derive(Clone, Default)]
struct Prices(Arc<Mutex<BTreeMap<String, (bool, bool)>>>);

impl ExtensionFactory for Prices {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Extension for Prices {
    async fn request(&self, context: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let types = &context.schema_env.registry.types;
        let is_object = |name: &str| types.get(name).is_some_and(MetaType::is_composite);
        for (of, found) in types.iter().filter(|(of, _)| !of.starts_with("__")) {
            for field in found.fields().into_iter().flat_map(|fields| fields.values()) {
                let list = field.ty.starts_with('[') && is_object(field.ty.trim_matches(['[', ']', '!']));
                let prices = (list, field.compute_complexity.is_some());
                self.0.lock().unwrap().insert(format!("{of}.{}", field.name), prices);
            }
        }
        next.run(context).await
    }
}

#[tokio::test]
async fn every_list_of_objects_has_a_price_for_each_of_them() {
    let prices = Prices::default();
    let schema = super::api::types().extension(prices.clone()).finish();
    assert_eq!(schema.execute("{ __typename }").await.errors, []);
    let found = prices.0.lock().unwrap();
    let is_priced = |field: &str| found.get(field).is_some_and(|(_, priced)| *priced);
    let lists = found.iter().filter(|(_, (list, _))| *list).map(|(name, _)| name.as_str());
    let free: Vec<_> = lists
        .filter(|list| !list.ends_with("Connection.edges") && !list.ends_with("Payload.userErrors") && !is_priced(list))
        .collect();
    assert_eq!(free, PRICED_ABOVE.map(|(list, _)| list), "give them a complexity");
    assert!(PRICED_ABOVE.iter().all(|(_, above)| is_priced(above)));
    let connections = found.keys().filter_map(|field| field.strip_suffix("Connection.edges"));
    assert!(connections.count() > 8);
}

/// Resolvers in `source` that answer `Result<Option<..>>`: such an error would null the parent, where the field itself
/// may be null. Theirs is `Option<Result<..>>`.
fn nulling_resolvers(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("#[Object") && !line.starts_with("#[ComplexObject") {
            continue;
        }
        // rustfmt ends an item of a file with a brace of its own at the margin.
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
        for signature in body.join(" ").split("async fn ").skip(1) {
            let head = signature.split('{').next().unwrap_or_default();
            let answers = head.rsplit_once("->").map_or("", |(_, answers)| answers.trim());
            let answers = answers.trim_start_matches("async_graphql::").trim_start_matches("super::");
            if answers.replace(' ', "").starts_with("Result<Option<") {
                found.push(head.split('(').next().unwrap_or_default().to_owned());
            }
        }
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn a_field_that_may_be_null_and_may_fail_does_not_null_its_parent() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graphql"), &mut files);
    let (mut resolvers, mut found) = (0, Vec::new());
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        resolvers += source.lines().filter(|line| line.starts_with("#[Object")).count();
        found.extend(nulling_resolvers(&source).into_iter().map(|name| format!("{}: {name}", path.display())));
    }
    assert!(resolvers > 15, "the walk found the resolvers: {resolvers}");
    assert_eq!(found, [""; 0]);
}

#[test]
fn resolvers_that_null_their_parent_are_found() {
    let source = "#[Object]\nimpl Q {\n    async fn fine(&self) -> Option<Result<T, Error>> {\n        x()\n    }\n\n    \
                  async fn wrong(\n        &self,\n        id: Option<ID>,\n    ) -> Result<Option<T>, Error> {\n    }\n}\n\n\
                  async fn elsewhere() -> Result<Option<T>, Error> {\n}\n";
    assert_eq!(nulling_resolvers(source), ["wrong"]);
}
