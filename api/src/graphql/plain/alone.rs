//! Whether a field is selected once.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, QueryPathNode, QueryPathSegment};

/// Whether the field whose value is resolved is selected once, under its name and at its place in the answer. One that is selected twice the library
/// resolves twice, and merges what comes of that, which it can't where it is text.
pub(super) fn is_alone(context: &ContextSelectionSet<'_>) -> bool {
    let Some(field) = &context.path_node else { return false };
    let mut names: Vec<&str> = [field].into_iter().chain(field.parents()).filter_map(named).collect();
    names.reverse();
    let mut sets = vec![&context.query_env.operation.node.selection_set.node];
    let mut selected = 0;
    for name in names {
        let mut found = Vec::new();
        for set in sets {
            find(context, set, name, &mut found);
        }
        selected = found.len();
        sets = found.into_iter().map(|field| &field.selection_set.node).collect();
    }
    selected == 1
}

fn named<'a>(node: &QueryPathNode<'a>) -> Option<&'a str> {
    match node.segment {
        QueryPathSegment::Name(name) => Some(name),
        QueryPathSegment::Index(_) => None,
    }
}

/// Finds what is selected under this name, whatever type its fragment is for.
fn find<'q>(context: &ContextSelectionSet<'q>, set: &'q SelectionSet, name: &str, found: &mut Vec<&'q Field>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node.as_str() == name => found.push(&field.node),
            Selection::Field(_) => {}
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = context.query_env.fragments.get(&spread.node.fragment_name.node) {
                    find(context, &fragment.node.selection_set.node, name, found);
                }
            }
            Selection::InlineFragment(fragment) => find(context, &fragment.node.selection_set.node, name, found),
        }
    }
}
