//! The operations of `docs/examples`, for the page's list: one source for the docs, the page and the tests of clients.

/// Which there are, in which order, with their titles and variables. In those, words such as `CONVERSATION_ID` stand for
/// what only the caller's own data can say; the page fills them in. `role`: whose token it takes, where not an owner's;
/// `changes`: what it does, where it does something.
pub(super) const INDEX: &str = include_str!("../../../docs/examples/index.json");

macro_rules! documents {
    ($($file:literal),* $(,)?) => {
        [$((
            concat!("/playground/examples/", $file),
            include_str!(concat!("../../../docs/examples/", $file)),
        )),*]
    };
}

/// Each document with its path.
pub(super) const DOCUMENTS: [(&str, &str); 10] = documents![
    "inbox.graphql",
    "conversation.graphql",
    "send.graphql",
    "resolve.graphql",
    "leads.graphql",
    "report.graphql",
    "usage.graphql",
    "history.graphql",
    "node.graphql",
    "operator.graphql",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_document_of_the_docs_is_listed_and_served() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples");
        let files: BTreeSet<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".graphql"))
            .collect();
        let index: Vec<serde_json::Value> = serde_json::from_str(INDEX).unwrap();
        let listed: BTreeSet<String> = index.iter().map(|entry| entry["file"].as_str().unwrap().to_owned()).collect();
        let served: BTreeSet<String> =
            DOCUMENTS.iter().map(|(path, _)| path.rsplit('/').next().unwrap().to_owned()).collect();
        assert!(!files.is_empty());
        assert_eq!(listed, files);
        assert_eq!(served, files);
    }
}
