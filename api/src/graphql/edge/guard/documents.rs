//! Documents, measured and parsed: once, as long as they are asked again and again, which a dashboard does.

use std::sync::Arc;

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Selection};
use async_graphql::parser::{Error as ParseError, parse_query};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::super::{Limits, Rejection};
use super::judgements::{self, Judgements};
use super::{fragments, introspection, text};

/// Bytes that all kept documents may take together, as [`Weight`] counts. 16 MiB: some hundred of a usual size, as a dashboard has.
const KEPT: usize = 16 << 20;

/// Documents that are kept when they are of a usual size, 300 tokens.
const USUAL: usize = KEPT / (300 * TOKEN + judgements::ROOM);

/// Bytes that a token comes to at most once it is parsed, beside the letters of its name: a selection, in a vector that has room for as many again.
const TOKEN: usize = 2 * size_of::<Positioned<Selection>>() + 64;

/// By the hashes of their texts: of what a comment says nothing stays.
type Kept = Cache<[u8; 32], Arc<Document>, Weight>;

/// How documents are read. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    limits: Limits,
    kept: Option<Arc<Kept>>,
}

/// A document that is no more than the limits allow.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it says.
    pub parsed: ExecutableDocument,
    /// What it comes to.
    pub steps: usize,
    /// What was judged of it, if it is kept.
    pub(super) judgements: Option<Judgements>,
    /// Bytes that it takes at most, but for what is judged of it.
    room: usize,
}

/// What a document takes.
#[derive(Debug, Clone)]
struct Weight;

impl Weighter<[u8; 32], Arc<Document>> for Weight {
    fn weight(&self, _hash: &[u8; 32], document: &Arc<Document>) -> u64 {
        (document.room + judgements::ROOM) as u64
    }
}

impl Documents {
    /// Each is read as if it came for the first time.
    #[must_use]
    pub fn of_strangers(limits: Limits) -> Self {
        Self { limits, kept: None }
    }

    /// Those that come again are kept.
    #[must_use]
    pub fn of_callers(limits: Limits) -> Self {
        Self { limits, kept: Some(Arc::new(Cache::with_weighter(USUAL, KEPT as u64, Weight))) }
    }

    /// The limits that they are read within.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What `text` says. `steps` is what it comes to by its latest measure, also if it is refused.
    ///
    /// # Errors
    /// When it is over a limit, or is no GraphQL.
    pub fn read(&self, text: &str, steps: &mut usize) -> Result<Arc<Document>, Rejection> {
        // What is between quotes may be somebody's name or number, and is for this once.
        let Some(kept) = self.kept.as_ref().filter(|_| !text.contains('"')) else {
            return Ok(Arc::new(self.measured(text, steps)?));
        };
        let hash = Sha256::digest(text).into();
        if let Some(document) = kept.get(&hash) {
            *steps = document.steps;
            return Ok(document);
        }
        let judgements = Some(Judgements::default());
        let document = Arc::new(Document { judgements, ..self.measured(text, steps)? });
        kept.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    fn measured(&self, text: &str, steps: &mut usize) -> Result<Document, Rejection> {
        let tokens = text::scan(text, &self.limits)?;
        *steps = tokens;
        let parsed = parse_query(text).map_err(|error| syntax_error(&error))?;
        *steps = fragments::measure(&parsed, &self.limits)?;
        introspection::measure(&parsed, &self.limits)?;
        // The text has the letters of all its names.
        let room = size_of::<Document>() + tokens * TOKEN + text.len();
        Ok(Document { parsed, steps: *steps, judgements: None, room })
    }
}

/// The parser's message is a drawing of the source line, as long as that line; its last line says what was expected.
fn syntax_error(error: &ParseError) -> Rejection {
    let message = if let ParseError::Syntax { message, .. } = error {
        let expectation = message.lines().next_back().unwrap_or_default();
        format!("Syntax error: {}.", expectation.trim_start_matches([' ', '=']))
    } else {
        format!("Syntax error: {}.", error.to_string().trim_end_matches('.'))
    };
    Rejection::Document { message, locations: error.positions().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(documents: &Documents, text: &str) -> Arc<Document> {
        documents.read(text, &mut 0).unwrap()
    }

    fn is_kept(documents: &Documents, text: &str) -> bool {
        Arc::ptr_eq(&read(documents, text), &read(documents, text))
    }

    #[test]
    fn what_callers_ask_again_is_read_once() {
        let callers = Documents::of_callers(Limits::default());
        assert!(is_kept(&callers, "query ($id: ID!) { node(id: $id) { id } }"));
        assert!(!is_kept(&callers, "{ contacts(phone: \"+49 170 1234567\") { id } }"), "it is somebody's number");
        assert!(!is_kept(&callers, "{ a(b: \"\"\"Ada\"\"\") }"));
        assert!(is_kept(&callers, "{ a } # of Ada's"));
        let kept = read(&callers, "{ a } # of Ada's");
        assert!(!format!("{kept:?}").contains("Ada"), "what a comment says is not kept");
        assert!(!is_kept(&Documents::of_strangers(Limits::default()), "{ providers { id } }"));
        let one = "{ a { b } }";
        assert!(!Arc::ptr_eq(&read(&callers, one), &read(&callers, "{ a { c } }")));
        assert!(
            !Arc::ptr_eq(&read(&callers, one), &read(&callers, "{ a { b } } ")),
            "what it says of places is another's"
        );
    }

    #[test]
    fn what_is_kept_is_charged_the_same_and_what_is_refused_is_refused_again() {
        let documents = Documents::of_callers(Limits { max_tokens: 8, max_validation_steps: 6, ..Limits::default() });
        for (text, expected, is_fine) in [
            ("{ a b }", 4, true),
            ("{ a { b c } }", 6, true),
            ("{ a { b c d } }", 8, false),
            ("{ a b c d e f g h }", 0, false),
            ("{ a b", 3, false),
        ] {
            for _ in 0..2 {
                let mut steps = 0;
                let read = documents.read(text, &mut steps).map(|document| document.steps);
                assert_eq!((steps, read.is_ok()), (expected, is_fine), "{text}: {read:?}");
            }
        }
    }

    #[test]
    fn what_nobody_asks_again_does_not_stay() {
        let documents = Documents::of_callers(Limits::default());
        let usual = "query Dashboard { conversations(first: 50) { edges { node { id } } } }";
        let usual_document = read(&documents, usual);
        let fields = " a b c d e f g h".repeat(400);
        for n in 0..100 {
            read(&documents, &format!("{{ n{n} {fields} }}"));
            assert!(Arc::ptr_eq(&read(&documents, usual), &usual_document), "it is asked all the time");
        }
        let kept = documents.kept.unwrap();
        assert!(kept.weight() <= KEPT as u64, "{}", kept.weight());
        assert!((2..20).contains(&kept.len()), "{}", kept.len());
    }

    #[test]
    fn a_long_name_takes_its_room() {
        let documents = Documents::of_callers(Limits::default());
        let long = "a".repeat(60 << 10);
        for n in 0..500 {
            read(&documents, &format!("{{ n{n}{long} }}"));
        }
        let kept = documents.kept.unwrap().len();
        assert!((2..=KEPT / long.len()).contains(&kept), "{kept}");
    }
}
