//! Random documents that ask for conversations: of the fields that the schema has, whatever they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use async_graphql::Variables;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::graphql::global_id::{Kind, encode};
use crate::graphql::schema_rules::{members, name, types};

/// Levels of objects.
const DEEPEST: usize = 7;

/// Arguments of lists, of which some are refused.
const PAGES: [&str; 11] = [
    "",
    "",
    "(first: 2)",
    "(first: $two)",
    "(last: 3)",
    "(first: null)",
    "(first: 100)",
    "(first: 0)",
    "(last: $two)",
    "(first: 3)",
    "(first: 101)",
];

/// The values of their variables.
pub(super) fn variables() -> Variables {
    // md5('conversation1')
    let conversation = Uuid::from_u128(0x426e_80e0_94e3_8045_bcf4_efb9_d405_13f9);
    Variables::from_json(json!({ "two": 2, "id": encode(Kind::Conversation, conversation).0 }))
}

/// A field of an object.
struct Field {
    name: String,
    /// The object that it is, or consists of.
    of: Option<String>,
    is_page: bool,
}

/// Makes them, always the same ones.
pub(super) struct Documents {
    rng: TestRng,
    types: BTreeMap<String, Vec<Field>>,
    fragments: Vec<String>,
    pages: BTreeMap<String, &'static str>,
}

impl Documents {
    pub(super) async fn of_the_schema() -> Self {
        let types = types().await;
        let objects: BTreeSet<&str> = types.iter().filter(|found| found["kind"] == "OBJECT").map(name).collect();
        let fields = |of: &Value| {
            let field = |field: &Value| {
                let is_page = members(field, "args").any(|argument| name(argument) == "first");
                // What has arguments of another kind is asked for elsewhere.
                (is_page || members(field, "args").next().is_none()).then(|| Field {
                    name: name(field).to_owned(),
                    of: Some(named(&field["type"])).filter(|of| objects.contains(of.as_str())),
                    is_page,
                })
            };
            members(of, "fields").filter_map(field).collect::<Vec<_>>()
        };
        Self {
            rng: TestRng::deterministic_rng(RngAlgorithm::ChaCha),
            types: types.iter().map(|found| (name(found).to_owned(), fields(found))).collect(),
            fragments: Vec::new(),
            pages: BTreeMap::new(),
        }
    }

    /// Each field of a type, as it is asked for by itself.
    pub(super) fn fields(&self, on: &str) -> Vec<String> {
        let asked = |field: &Field| match field.of {
            Some(_) => format!("{} {{ __typename }}", field.name),
            None => field.name.clone(),
        };
        self.types[on].iter().map(asked).collect()
    }

    /// Another one.
    pub(super) fn make(&mut self) -> String {
        self.fragments.clear();
        self.pages.clear();
        // The fields that are selected stay few enough for what a query may cost.
        let selected = self.selection("ConversationConnection", 0);
        let page = PAGES[self.below(5)];
        let mut document = "query($two: Int) { ".to_owned();
        let _ = write!(
            document,
            "conversations{page} {selected} x: __typename @include(if: true) y: __typename @skip(if: true) \
             z: conversations {{ totalCount }} w: conversations(first: $two) {{ totalCount }} }}"
        );
        for fragment in &self.fragments {
            document.push(' ');
            document.push_str(fragment);
        }
        document
    }

    fn below(&mut self, bound: usize) -> usize {
        self.rng.next_u32() as usize % bound
    }

    /// Braces with some fields of a type.
    fn selection(&mut self, on: &str, depth: usize) -> String {
        let mut text = "{ ".to_owned();
        for _ in 0..=self.below(5) {
            let selected = self.selected(on, depth);
            text.push_str(&selected);
            text.push(' ');
        }
        text.push('}');
        text
    }

    fn selected(&mut self, on: &str, depth: usize) -> String {
        match self.below(24) {
            0 => format!("... {}", self.selection(on, depth + 1)),
            1 => format!("... on {on} {}", self.selection(on, depth + 1)),
            2 => {
                let selection = self.selection(on, depth + 1);
                let nth = self.fragments.len();
                self.fragments.push(format!("fragment F{nth} on {on} {selection}"));
                format!("...F{nth} ...F{nth}")
            }
            3 => format!("... @skip(if: false) {}", self.selection(on, depth + 1)),
            4 => format!("... on {on} @include(if: false) {}", self.selection(on, depth + 1)),
            5 => "__typename".to_owned(),
            6 => "kindOf: __typename".to_owned(),
            _ => self.field(on, depth),
        }
    }

    fn field(&mut self, on: &str, depth: usize) -> String {
        let fields = &self.types[on];
        let deep: Vec<usize> = (0..fields.len()).filter(|nth| depth < DEEPEST || fields[*nth].of.is_none()).collect();
        // Whoever has but objects is asked for what it is.
        if deep.is_empty() {
            return "__typename".to_owned();
        }
        let nth = deep[self.below(deep.len())];
        let Field { name, of, is_page } = &self.types[on][nth];
        let (name, of, is_page) = (name.clone(), of.clone(), *is_page);
        // What has one name in the answer is one field with the same arguments.
        let alias = if self.below(4) == 0 { format!("x_{name}: ") } else { String::new() };
        let arguments = if is_page {
            let nth = self.below(PAGES.len());
            *self.pages.entry(format!("{on} {alias}{name}")).or_insert(PAGES[nth])
        } else {
            ""
        };
        let directive =
            ["", "", "", "", "", " @include(if: true)", " @skip(if: true)", " @skip(if: false)"][self.below(8)];
        let selection = of.map(|of| self.selection(&of, depth + 1)).unwrap_or_default();
        format!("{alias}{name}{arguments}{directive} {selection}")
    }
}

fn named(of: &Value) -> String {
    if of["ofType"].is_null() { name(of).to_owned() } else { named(&of["ofType"]) }
}
