//! How leads are worked, said naively: from the stored forms of a lead's events and of its business's pipeline.

#![expect(clippy::wildcard_enum_match_arm, reason = "of other streams nothing is asked here")]

use std::collections::BTreeMap;

use leadflow_domain::lead::{LeadFacts, LeadSource, LeadStatus, Quality};
use leadflow_domain::pipeline::StageKind;
use leadflow_domain::{Event, PipelineId, StageId, StreamId, TenantId};
use leadflow_event_store::RecordedEvent;
use serde_json::Value;
use uuid::Uuid;

use super::naive::{is_erased, versions};
use super::rows::{Lead, LeadNote, Named};

/// The stored forms of a stream's events, each with its event.
fn told(events: &[RecordedEvent], stream: StreamId) -> Vec<(&RecordedEvent, String, Value)> {
    let own = events.iter().filter(|recorded| recorded.stream == stream);
    own.map(|recorded| {
        let stored = match &recorded.event {
            Event::Lead(event) => serde_json::to_value(event).unwrap(),
            Event::Pipeline(event) => serde_json::to_value(event).unwrap(),
            other => panic!("{other:?} is of no lead and no pipeline"),
        };
        let Value::Object(named) = stored else { panic!("an event is an object") };
        let (name, said) = named.into_iter().next().unwrap();
        (recorded, name, said)
    })
    .collect()
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|id| id.parse().ok())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What is done with a lead; all else of the row is nothing.
pub(super) fn worked(events: &[RecordedEvent], lead: StreamId, erased: bool) -> Lead {
    let told = told(events, lead);
    let tenant = told.first().map(|(recorded, ..)| recorded.tenant).unwrap();
    let last = |names: &[&str]| told.iter().rev().find(|(_, name, _)| names.contains(&name.as_str()));
    let stood = last(&["lead.moved", "lead.converted", "lead.lost"]);
    let stage = match stood {
        Some((_, name, _)) if name == "lead.converted" => ("won", StageKind::Won),
        Some((_, name, _)) if name == "lead.lost" => ("lost", StageKind::Lost),
        _ => ("open", StageKind::Open),
    };
    let said = stood.map(|(.., said)| said.clone()).unwrap_or_default();
    let mut stage_id = id(&said["stage"]).unwrap_or(StageId::NEW.as_uuid());
    // A successor may have one.
    for (_, _, removed) in of_pipeline(events, tenant, "pipeline.stage_removed") {
        if id(&removed["stage"]) == Some(stage_id) {
            stage_id = id(&removed["successor"]).unwrap();
        }
    }
    let mut tags: Vec<String> = Vec::new();
    let mut attributes: BTreeMap<(usize, String), Value> = BTreeMap::new();
    for (_, name, said) in &told {
        match name.as_str() {
            "lead.tagged" => tags.push(text(&said["tag"])),
            "lead.untagged" => tags.retain(|tag| *tag != text(&said["tag"])),
            "lead.attribute_set" => {
                // As `jsonb` orders its keys.
                let key = text(&said["attribute"]);
                attributes.remove(&(key.len(), key.clone()));
                let value = &said["value"]["value"]["$personal"];
                if value.is_string() && !erased {
                    attributes.insert((key.len(), key), value.clone());
                }
            }
            _ => {}
        }
    }
    let attributes: Vec<String> = attributes.iter().map(|((_, key), value)| format!("\"{key}\": {value}")).collect();
    let company = last(&["lead.company_set"]).map(|(.., said)| said["company"].clone()).unwrap_or_default();
    let is_spam =
        last(&["lead.spam_marked", "lead.spam_unmarked"]).is_some_and(|(_, name, _)| name == "lead.spam_marked");
    let forms: Vec<&Value> =
        told.iter().filter(|(_, name, _)| name == "lead.submitted").map(|(.., form)| form).collect();
    let began = last(&["lead.captured", "lead.capture_corrected"]).unwrap();
    let source = match began.2["source"].as_str().unwrap() {
        "whats_app" => LeadSource::WhatsApp,
        "manual" => LeadSource::Manual,
        "google_form" => LeadSource::GoogleForm,
        "meta_form" => LeadSource::MetaForm,
        "walk_in" => LeadSource::WalkIn,
        "import" => LeadSource::Import,
        other => panic!("no history has {other}"),
    };
    let status = match last(&["lead.qualified", "lead.disqualified"]) {
        Some((_, name, _)) if name == "lead.qualified" => LeadStatus::Qualified,
        Some(_) => LeadStatus::Disqualified,
        None => LeadStatus::New,
    };
    let answers: usize = forms.iter().map(|form| form["answers"].as_array().unwrap().len()).sum();
    let facts = LeadFacts {
        source,
        submissions: i32::try_from(forms.len()).unwrap(),
        answers: i32::try_from(answers).unwrap(),
        is_named: forms.iter().any(|form| !form["name"].is_null()),
        has_campaign: forms.iter().any(|form| !form["origin"]["campaign_id"].is_null()),
        has_company: !company.is_null(),
        status,
        stage: stage.1,
        is_spam,
    };
    Lead {
        stage_id,
        stage: stage.0.to_owned(),
        moved_at: stood.map(|(recorded, ..)| recorded.recorded_at.as_microsecond()),
        lost_reason_id: id(&said["reason"]),
        worth: said["worth"]["minor"].as_i64().map(|minor| format!("{minor}{}", text(&said["worth"]["currency"]))),
        is_spam,
        tags,
        company: company["name"]["$personal"].as_str().filter(|_| !erased).map(str::to_owned),
        attributes: format!("{{{}}}", attributes.join(", ")),
        owner_id: last(&["lead.transferred"]).and_then(|(.., said)| id(&said["to"])),
        quality: i16::try_from(Quality::of(&facts).points).unwrap(),
        ..Lead::default()
    }
}

/// What was put down about a lead.
pub(super) fn note(events: &[RecordedEvent], recorded: &RecordedEvent) -> Option<LeadNote> {
    let Event::Lead(event) = &recorded.event else { return None };
    let stored = serde_json::to_value(event).unwrap();
    let said = stored.get("lead.note_added")?;
    let contact_id = id(&said["contact"])?;
    let body = said["text"]["$personal"].as_str().filter(|_| !is_erased(events, contact_id));
    Some(LeadNote {
        note_id: recorded.id.as_uuid(),
        tenant_id: recorded.tenant.as_uuid(),
        lead_id: recorded.stream.as_uuid(),
        contact_id,
        body: body.map(str::to_owned),
        noted_at: recorded.recorded_at.as_microsecond(),
    })
}

fn of_pipeline(events: &[RecordedEvent], tenant: TenantId, wanted: &str) -> Vec<(i64, String, Value)> {
    let told = told(events, PipelineId::of(tenant).into()).into_iter().filter(|(_, name, _)| name == wanted);
    told.map(|(recorded, name, said)| (recorded.version, name, said)).collect()
}

/// All that is called somehow in the pipelines of businesses, which are all told of here.
pub(super) fn named(events: &[RecordedEvent]) -> Vec<Named> {
    let registered = events.iter().filter(|recorded| {
        let Event::Tenant(event) = &recorded.event else { return false };
        serde_json::to_value(event).unwrap().get("tenant.registered").is_some()
    });
    let mut all: Vec<Named> = registered.flat_map(|recorded| of_tenant(events, recorded.tenant)).collect();
    all.sort();
    all
}

fn of_tenant(events: &[RecordedEvent], tenant: TenantId) -> Vec<Named> {
    let stream = StreamId::from(PipelineId::of(tenant));
    let new = |id: Uuid, name: &str, kind: &str, gone: Option<&str>| Named {
        tenant_id: tenant.as_uuid(),
        id,
        name: name.to_owned(),
        kind: kind.to_owned(),
        gone: gone.map(str::to_owned),
        choices: vec![],
        place: None,
        version: versions(events, stream),
    };
    let provided = [
        (StageId::NEW, "New", "open"),
        (StageId::CONTACTED, "Contacted", "open"),
        (StageId::NEGOTIATING, "Negotiating", "open"),
        (StageId::WON, "Won", "won"),
        (StageId::LOST, "Lost", "lost"),
    ];
    let mut order: Vec<Uuid> = provided.iter().map(|(stage, ..)| stage.as_uuid()).collect();
    let mut all: BTreeMap<Uuid, Named> = BTreeMap::new();
    for (stage, name, kind) in provided {
        all.insert(stage.as_uuid(), new(stage.as_uuid(), name, kind, None));
    }
    for (_, name, said) in told(events, stream) {
        let of = ["stage", "reason", "attribute"].into_iter().find_map(|what| id(&said[what]));
        if let Some(told) = said["order"].as_array() {
            order = told.iter().filter_map(id).collect();
        }
        let Some(of) = of else { continue };
        match name.rsplit_once('_').unwrap() {
            ("pipeline.stage", "created") => {
                all.insert(of, new(of, &text(&said["name"]), &text(&said["kind"]), None));
            }
            ("pipeline.lost_reason", "added") => {
                all.insert(of, new(of, &text(&said["text"]), "reason", Some("false")));
            }
            ("pipeline.attribute", "defined") => {
                all.insert(of, new(of, &text(&said["name"]), &text(&said["kind"]), Some("false")));
            }
            ("pipeline.stage", "removed") => {
                let successor = text(&said["successor"]);
                for stage in all.values_mut() {
                    if stage.id == of || stage.gone.as_deref() == Some(of.to_string().as_str()) {
                        stage.gone = Some(successor.clone());
                    }
                }
            }
            (_, "removed") => all.get_mut(&of).unwrap().gone = Some("true".to_owned()),
            (_, "renamed" | "changed") => {
                let name = if said["name"].is_null() { &said["text"] } else { &said["name"] };
                all.get_mut(&of).unwrap().name = text(name);
            }
            other => panic!("{other:?}"),
        }
        if let Some(choices) = said["choices"].as_array() {
            all.get_mut(&of).unwrap().choices = choices.iter().map(text).collect();
        }
    }
    let there = order.into_iter().filter(|stage| all[stage].gone.is_none()).collect::<Vec<_>>();
    for (stage, place) in there.into_iter().zip(1..) {
        all.get_mut(&stage).unwrap().place = Some(place);
    }
    all.into_values().collect()
}
