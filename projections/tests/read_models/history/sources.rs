//! Sources, and what they bring of people: also of those who write, and of some who never do.

use jiff::Timestamp;
use leadflow_domain::channel::{AppKey, ProviderId};
use leadflow_domain::contact::{ContactCommand, Identifier, IdentifierKind};
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::lead::{Answer, LeadCommand, LeadSource, Origin, Submission};
use leadflow_domain::source::{
    Asked, ExternalOpening, FieldPath, FormHeading, FormLanguage, MappedFields, Mapping, MissedLead, Network, Networks,
    Opening, Page, SourceCommand, SourceKind, SourceName, WalkInForm, WalkInSlug,
};
use leadflow_domain::{
    ContactId, ConversationId, CredentialId, EmailAddress, IdentifierHash, LeadId, SourceId, SubmissionId, TenantId,
};
use uuid::Uuid;

use super::{Play, at, channel, contact, introduce};
use crate::support::context;

/// A place that leads of the business come from.
pub(crate) fn source(tenant: TenantId, number: u128) -> SourceId {
    SourceId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 112) + number))
}

fn submission(tenant: TenantId, of: ContactId, number: u128, second: i64) -> Submission {
    let text = |text: &str| Some(format!("{text} {number}"));
    let answer = |key: Option<&str>, answer: String| Answer {
        key: key.map(str::to_owned),
        question: key.map(|key| format!("Which {key}?")),
        answer: answer.into(),
    };
    Submission {
        submission: SubmissionId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 112) + number)),
        contact: of,
        source: LeadSource::GoogleForm,
        from: Some(source(tenant, 1)),
        submitted_at: at(second),
        provider_lead_id: Some(format!("lead {number}").into()),
        name: Some(format!("Nora {number}").into()),
        origin: Origin {
            form_id: text("form"),
            campaign_id: text("campaign"),
            ad_group_id: text("group"),
            ad_id: text("ad"),
            asset_group_id: None,
        },
        click_id: Some(format!("click {number}").into()),
        answers: vec![answer(Some("colour"), format!("blue {number}")), answer(None, "by train".to_owned())],
        added: vec![IdentifierKind::Email, IdentifierKind::Phone],
    }
}

/// What somebody of the business entered, with as little as there can be.
fn entered(tenant: TenantId, of: ContactId, number: u128, second: i64) -> Submission {
    Submission {
        source: LeadSource::Manual,
        from: None,
        provider_lead_id: None,
        name: None,
        origin: Origin::default(),
        click_id: None,
        answers: vec![],
        added: vec![],
        ..submission(tenant, of, number, second)
    }
}

fn credential(number: u128) -> CredentialId {
    CredentialId::from_uuid(Uuid::from_u128(number))
}

impl Play<'_> {
    /// One source is closed and opened again, one is closed for good, one stays open. Somebody who will write and be erased
    /// fills in the first one's form, twice.
    pub(super) async fn sources(&mut self, tenant: TenantId) {
        let told =
            [(1, vec![SourceCommand::Close, SourceCommand::Reopen]), (2, vec![SourceCommand::Close]), (3, vec![])];
        for (number, then) in told {
            let name = SourceName::parse(&format!("Offer {number}")).unwrap();
            let opened = SourceCommand::Open(Opening { kind: SourceKind::GoogleForm, name });
            for (nth, command) in std::iter::once(opened).chain(then).enumerate() {
                let context = context(tenant, &format!("source {number} {nth}"));
                self.log.sources.execute(source(tenant, number), command, context).await.unwrap();
            }
        }
        self.pages(tenant).await;
        self.walk_ins(tenant).await;
        self.programs(tenant).await;
        self.is_known(tenant, contact(tenant, 0), introduce(0)).await;
        self.submits(tenant, submission(tenant, contact(tenant, 0), 1, 3)).await;
        self.submits(tenant, submission(tenant, contact(tenant, 0), 2, 1)).await;
    }

    /// One page has all that comes to a page, and is given up; one is not read, and has missed a lead.
    async fn pages(&mut self, tenant: TenantId) {
        let connect = |number: u128, credential: u128| SourceCommand::ConnectPage {
            name: SourceName::parse(&format!("Page {number}")).unwrap(),
            page: Page {
                page_id: ProviderId::parse(&format!("{number}{}", tenant.as_uuid().simple())).unwrap(),
                app: (number == 4).then(|| AppKey::parse("second").unwrap()),
            },
            credential: self::credential(credential),
        };
        let submitted_at = Timestamp::from_second(1_763_712_000).unwrap();
        let missed = |code| SourceCommand::MissLead(MissedLead { form_id: None, submitted_at, code });
        let stopped = |credential| SourceCommand::StopReading { credential: self::credential(credential), code: 190 };
        let backfill = SourceCommand::AskBackfill { since: None };
        let told = [
            (
                4,
                vec![connect(4, 1), missed(100), stopped(1), connect(4, 2), missed(33), backfill, SourceCommand::Close],
            ),
            (5, vec![connect(5, 1), missed(100), stopped(1)]),
            (6, vec![connect(6, 1), stopped(1), SourceCommand::Close, connect(6, 2)]),
        ];
        for (number, commands) in told {
            for (nth, command) in commands.into_iter().enumerate() {
                let context = context(tenant, &format!("page {number} {nth}"));
                self.log.sources.execute(source(tenant, number), command, context).await.unwrap();
            }
        }
    }

    /// One form of ours asks otherwise and is called otherwise in the end, one is closed.
    async fn walk_ins(&mut self, tenant: TenantId) {
        let name = |name: &str| SourceName::parse(name).unwrap();
        let form = |heading: &str| {
            Box::new(WalkInForm {
                language: FormLanguage::Spanish,
                heading: FormHeading::parse(heading).unwrap(),
                greeting: None,
                name: Asked::Always,
                phone: Asked::Always,
                calling_code: None,
                email: Asked::Optionally,
                questions: vec![],
                consent: None,
                thanks: None,
                whatsapp: None,
            })
        };
        let open = |number: u128| SourceCommand::OpenWalkIn {
            name: name(&format!("Desk {number}")),
            slug: WalkInSlug::of((tenant.as_uuid().as_u128() << 112) + number),
            form: form("Bienvenidos"),
        };
        let told = [
            (
                7,
                vec![
                    open(7),
                    SourceCommand::SetForm(form("Buenos días")),
                    SourceCommand::Rename { name: name("Stand") },
                ],
            ),
            (8, vec![open(8), SourceCommand::Close]),
        ];
        for (number, commands) in told {
            for (nth, command) in commands.into_iter().enumerate() {
                let context = context(tenant, &format!("walk-in {number} {nth}"));
                self.log.sources.execute(source(tenant, number), command, context).await.unwrap();
            }
        }
    }

    /// One program posts from a network, signed, and all that changes; one posts from anywhere, unsigned, until it is closed.
    async fn programs(&mut self, tenant: TenantId) {
        let mapping = |phone: &str| {
            let fields = MappedFields { phone: FieldPath::parse(phone).ok(), ..MappedFields::default() };
            Mapping::new(fields).unwrap()
        };
        let networks = |texts: &[&str]| Networks::new(texts.iter().map(|text| Network::parse(text).unwrap())).unwrap();
        let open = |number: u128, texts: &[&str], signs_with: Option<u128>| {
            SourceCommand::OpenExternal(Box::new(ExternalOpening {
                name: SourceName::parse(&format!("Program {number}")).unwrap(),
                mapping: mapping("phone"),
                networks: networks(texts),
                token: credential(number),
                credential: signs_with.map(credential),
            }))
        };
        let told = [
            (
                9,
                vec![
                    open(9, &["203.0.113.0/24", "2001:db8::/32"], Some(20)),
                    SourceCommand::ChangeMapping(Box::new(mapping("/lead/tel"))),
                    SourceCommand::IssueToken { token: credential(21) },
                    SourceCommand::IssueSecret { credential: credential(22) },
                    SourceCommand::ChangeNetworks { networks: networks(&["198.51.100.7"]) },
                ],
            ),
            (10, vec![open(10, &[], None), SourceCommand::Close]),
            (
                11,
                vec![
                    open(11, &["203.0.113.0/24"], Some(23)),
                    SourceCommand::RemoveSecret,
                    SourceCommand::ChangeNetworks { networks: networks(&[]) },
                ],
            ),
        ];
        for (number, commands) in told {
            for (nth, command) in commands.into_iter().enumerate() {
                let context = context(tenant, &format!("program {number} {nth}"));
                self.log.sources.execute(source(tenant, number), command, context).await.unwrap();
            }
        }
    }

    /// Some of those who have written fill in a form, before they wrote and after; and so does somebody who is known by her
    /// address alone, and somebody of whom there is nothing but the form.
    pub(super) async fn fill_in(&mut self, tenant: TenantId) {
        for (who, second) in [(1, 9), (2, -5)] {
            let of = Self::contact(tenant, who, self.times_erased(tenant, who));
            self.is_known(tenant, of, introduce(who)).await;
            self.submits(tenant, submission(tenant, of, 10 + who, second)).await;
            self.submits(tenant, entered(tenant, of, 20 + who, 10)).await;
        }
        let hash = |of: &str| IdentifierHash::from_hex(format!("hash of {of} {tenant}"));
        let address = EmailAddress::parse("nora@example.com").unwrap();
        let by_address = Identifier::email(&address, hash("nora"));
        let by_form = Identifier::provider_lead("lead 31", hash("lead 31"));
        for (number, identifier) in [(30, by_address), (31, by_form)] {
            let of = contact(tenant, 2_000_000 + number);
            self.is_known(tenant, of, ContactCommand::Introduce { identifier }).await;
            self.submits(tenant, submission(tenant, of, number, 4)).await;
            // Of the same moment.
            self.submits(tenant, entered(tenant, of, 10 + number, 4)).await;
        }
    }

    async fn is_known(&mut self, tenant: TenantId, of: ContactId, introduce: ContactCommand) {
        let context = context(tenant, &format!("form of {of}"));
        self.log.contacts.execute(of, introduce, context).await.unwrap();
    }

    async fn submits(&mut self, tenant: TenantId, submission: Submission) {
        let context = context(tenant, &format!("submit {}", submission.submission));
        let command = LeadCommand::Submit(Box::new(submission.clone()));
        self.log.leads.execute(LeadId::of(submission.contact), command, context).await.unwrap();
        if submission.source != LeadSource::Manual {
            self.answers(tenant, submission).await;
        }
    }

    /// What she told is answered by the business's first number.
    async fn answers(&mut self, tenant: TenantId, submission: Submission) {
        let Submission { submission, contact, submitted_at, .. } = submission;
        let channel = channel(tenant, 0);
        let context = context(tenant, &format!("answer {submission}"));
        let command = ConversationCommand::ReceiveSubmission { contact, channel, submission, submitted_at };
        self.log.conversations.execute(ConversationId::between(contact, channel), command, context).await.unwrap();
    }
}
