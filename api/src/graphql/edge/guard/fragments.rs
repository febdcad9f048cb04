//! What a document becomes when its fragments are expanded, before the library expands them.
//!
//! Twenty-five fragments that spread each other twice are 33 million selections in 1.5 KB. The library visits every
//! one, and more than once: each selection set is compared with all that its inline fragments and spreads contribute
//! to it. Both are counted here as *steps*, each fragment measured once and its measure reused.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Pos, Positioned};

use super::super::{Limits, Rejection};

/// Walks all operations and fragments. Returns the steps that validation takes.
///
/// # Errors
/// When fragments form a cycle, or the expanded document is too deep, too large, or has too many arguments at a place.
pub fn measure(document: &ExecutableDocument, limits: &Limits) -> Result<usize, Rejection> {
    let mut walk = Walk { document, limits, fragments: HashMap::new() };
    let mut steps = 0;
    for (_, operation) in document.operations.iter() {
        steps = walk.bounded(steps, walk_directives(&operation.node.directives, limits)?)?;
        let size = walk.selection_set(&operation.node.selection_set.node, 1)?;
        steps = walk.bounded(steps, size.steps)?;
    }
    // The library validates fragments that no operation uses, too.
    for (name, definition) in &document.fragments {
        steps = walk.bounded(steps, walk_directives(&definition.node.directives, limits)?)?;
        let size = walk.fragment(name, definition.pos, 1)?;
        steps = walk.bounded(steps, size.steps)?;
    }
    Ok(steps)
}

/// The measure of a selection set.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Visits and comparisons, all levels.
    steps: usize,
    /// What it contributes to the set that it is spread in: its selections without those of its fields.
    flat: usize,
    /// Levels of selection sets, its own among them; a spread is a level, as it is one of recursion.
    depth: usize,
}

enum Fragment {
    /// Being measured: to meet it again is a cycle.
    Open,
    Measured(Size),
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    fragments: HashMap<&'a str, Fragment>,
}

impl<'a> Walk<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, Rejection> {
        self.deep_enough(level)?;
        let mut size = Size { depth: 1, ..Size::default() };
        for selection in &set.items {
            let own = 1 + walk_directives(selection.node.directives(), self.limits)?;
            let (own, flat, body) = match &selection.node {
                Selection::Field(field) => {
                    check_arguments(field.node.arguments.len(), self.limits)?;
                    let own = own + field.node.arguments.len();
                    let body = match field.node.selection_set.node.items.is_empty() {
                        true => Size::default(),
                        false => self.selection_set(&field.node.selection_set.node, level + 1)?,
                    };
                    (own, own, body)
                }
                Selection::InlineFragment(inline) => {
                    let body = self.selection_set(&inline.node.selection_set.node, level + 1)?;
                    (own, own.saturating_add(body.flat), body)
                }
                Selection::FragmentSpread(spread) => {
                    let body = self.fragment(&spread.node.fragment_name.node, spread.pos, level + 1)?;
                    (own, own.saturating_add(body.flat), body)
                }
            };
            size.steps = self.bounded(size.steps, own.saturating_add(body.steps))?;
            size.flat = self.bounded(size.flat, flat)?;
            size.depth = size.depth.max(1 + body.depth);
        }
        size.steps = self.bounded(size.steps, size.flat)?;
        Ok(size)
    }

    /// The fragment that is spread at `pos`. An unknown one measures nothing; validation will name it.
    fn fragment(&mut self, name: &'a str, pos: Pos, level: usize) -> Result<Size, Rejection> {
        match self.fragments.get(name) {
            Some(Fragment::Open) => {
                return Err(Rejection::document(format!("Fragment \"{name}\" spreads itself."), Some(pos)));
            }
            Some(Fragment::Measured(size)) => {
                let size = *size;
                self.deep_enough(level.saturating_add(size.depth).saturating_sub(1))?;
                return Ok(size);
            }
            None => {}
        }
        let Some(definition) = self.document.fragments.get(name) else { return Ok(Size::default()) };
        self.fragments.insert(name, Fragment::Open);
        let size = self.selection_set(&definition.node.selection_set.node, level)?;
        self.fragments.insert(name, Fragment::Measured(size));
        Ok(size)
    }

    fn deep_enough(&self, level: usize) -> Result<(), Rejection> {
        let limit = self.limits.max_nesting;
        if level > limit {
            return Err(Rejection::too_complex(format!("Selections are nested more than {limit} deep.")));
        }
        Ok(())
    }

    fn bounded(&self, steps: usize, more: usize) -> Result<usize, Rejection> {
        let steps = steps.saturating_add(more);
        if steps > self.limits.max_validation_steps {
            return Err(Rejection::too_complex("The document is too large when its fragments are expanded."));
        }
        Ok(steps)
    }
}

/// One step for each directive and each of its arguments.
fn walk_directives(directives: &[Positioned<Directive>], limits: &Limits) -> Result<usize, Rejection> {
    directives.iter().try_fold(0_usize, |steps, directive| {
        check_arguments(directive.node.arguments.len(), limits)?;
        Ok(steps.saturating_add(1 + directive.node.arguments.len()))
    })
}

fn check_arguments(count: usize, limits: &Limits) -> Result<(), Rejection> {
    let limit = limits.max_arguments;
    if count > limit {
        return Err(Rejection::too_complex(format!("A field or directive has more than {limit} arguments.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(document: &str) -> Result<(), Rejection> {
        let limits = Limits { max_nesting: 5, max_validation_steps: 60, max_arguments: 2, ..Limits::default() };
        measure(&parse_query(document).expect("the document parses"), &limits).map(|_steps| ())
    }

    fn is_too_complex(document: &str) -> bool {
        matches!(check(document), Err(Rejection::TooComplex(_)))
    }

    #[test]
    fn ordinary_documents_pass() {
        assert_eq!(check("{ a { ...F } b { ...F } } fragment F on T { c(x: 1) @skip(if: true) { d } }"), Ok(()));
        assert_eq!(check("{ ...Unknown }"), Ok(()), "validation says so better");
    }

    #[test]
    fn cycles_are_refused_at_the_spread_that_closes_them() {
        for document in [
            "{ ...A } fragment A on T { a { ...A } }",
            "{ ...A } fragment A on T { ...B } fragment B on T { ... on T { ...A } }",
            "{ a } fragment A on T { ...B } fragment B on T { ...A }",
        ] {
            match check(document) {
                Err(Rejection::Document { message, locations }) => {
                    assert!(message.contains("spreads itself"), "{message}");
                    assert_eq!(locations.len(), 1);
                }
                other => panic!("{document}: {other:?}"),
            }
        }
    }

    #[test]
    fn doubling_is_counted_without_being_walked() {
        let mut document = "{ ...F0 }".to_owned();
        for n in 0..2000 {
            document.push_str(&format!(" fragment F{n} on T {{ a {{ ...F{0} }} b {{ ...F{0} }} }}", n + 1));
        }
        document.push_str(" fragment F2000 on T { a }");
        let limits = Limits { max_nesting: 10_000, max_validation_steps: usize::MAX, ..Limits::default() };
        let parsed = parse_query(&document).expect("the document parses");
        let worker = std::thread::Builder::new().stack_size(64 << 20);
        let measured = worker.spawn(move || measure(&parsed, &limits)).expect("a thread").join().expect("no overflow");
        assert_eq!(measured, Ok(usize::MAX), "saturates at the largest number");
        assert!(is_too_complex(&document));
    }

    #[test]
    fn depth_is_followed_through_fragments_measured_before() {
        let tail = "fragment F on T { b { c } }";
        assert_eq!(check(&format!("{{ a {{ x {{ ...F }} }} }} {tail}")), Ok(()));
        assert!(is_too_complex(&format!("{{ ...F a {{ x {{ y {{ ...F }} }} }} }} {tail}")));
    }

    #[test]
    fn nested_inline_fragments_cost_what_comparing_them_costs() {
        let fields = "a b c d e f g h";
        assert_eq!(check(&format!("{{ {fields} {fields} {fields} }}")), Ok(()));
        assert!(is_too_complex(&format!("{{ ... {{ ... {{ ... {{ ... {{ {fields} {fields} }} }} }} }} }}")));
    }

    #[test]
    fn arguments_at_one_place_are_bounded() {
        assert!(is_too_complex("{ a(x: 1, y: 2, z: 3) }"));
        assert!(is_too_complex("{ a @skip(x: 1, y: 2, z: 3) }"));
        assert!(is_too_complex("fragment A on T @skip(x: 1, y: 2, z: 3) { a } { ...A }"));
    }
}
