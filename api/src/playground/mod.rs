//! The playground: one page for trying the API, with nothing on it that is not ours.
//!
//! Ready-made pages load their code from other people's servers, where a change of theirs would run with our users'
//! tokens. This one is a few files, compiled in; its policy lets it load and call this origin alone. It holds no
//! secret and can be served to anyone: what it asks `/graphql`, the caller's token answers for.

mod examples;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::routing::{MethodRouter, get};

/// `img-src data:` is for the page's empty icon. Everything else is this origin's, and no page may frame this one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page's modules, each with its path; the first loads the others.
const SCRIPTS: [(&str, &str); 5] = [
    ("/playground/playground.js", include_str!("playground.js")),
    ("/playground/editor.js", include_str!("editor.js")),
    ("/playground/filling.js", include_str!("filling.js")),
    ("/playground/page.js", include_str!("page.js")),
    ("/playground/schema.js", include_str!("schema.js")),
];

/// `GET /playground` and its assets.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = Router::new()
        .route("/playground", asset("text/html; charset=utf-8", include_str!("index.html")))
        .route("/playground/playground.css", asset("text/css; charset=utf-8", include_str!("playground.css")))
        .route("/playground/examples.json", asset("application/json", examples::INDEX));
    let documents =
        examples::DOCUMENTS.into_iter().map(|(path, document)| (path, "text/plain; charset=utf-8", document));
    let scripts = SCRIPTS.into_iter().map(|(path, script)| (path, "text/javascript; charset=utf-8", script));
    documents.chain(scripts).fold(page, |page, (path, content_type, body)| page.route(path, asset(content_type, body)))
}

/// All of its paths.
#[cfg(test)]
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    let page = ["/playground", "/playground/playground.css", "/playground/examples.json"];
    page.into_iter().chain(SCRIPTS.map(|(path, _)| path)).chain(examples::DOCUMENTS.map(|(path, _)| path))
}

fn asset<S: Clone + Send + Sync + 'static>(content_type: &'static str, body: &'static str) -> MethodRouter<S> {
    let headers: [(HeaderName, &str); 3] = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        // They must be of one version, and they are small.
        (CACHE_CONTROL, "no-cache"),
    ];
    get(move || async move { (headers, body) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("index.html");
    const STYLE: &str = include_str!("playground.css");

    #[tokio::test]
    async fn the_page_and_its_assets_are_served_with_their_types_and_policy() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move { axum::serve(listener, router::<()>()).await });
        for (path, content_type) in [
            ("/playground", "text/html; charset=utf-8"),
            ("/playground/playground.css", "text/css; charset=utf-8"),
            ("/playground/playground.js", "text/javascript; charset=utf-8"),
            ("/playground/filling.js", "text/javascript; charset=utf-8"),
            ("/playground/examples.json", "application/json"),
            ("/playground/examples/inbox.graphql", "text/plain; charset=utf-8"),
        ] {
            let response = reqwest::get(format!("http://{address}{path}")).await.expect("an answer");
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(response.headers()[CONTENT_TYPE], content_type);
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().expect("text");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"));
            assert!(!policy.contains("unsafe"));
        }
        server.abort();
    }

    /// The policy would stop them in the browser, silently; here they are seen.
    #[test]
    fn nothing_comes_from_elsewhere_or_inline() {
        let texts = [("page", PAGE), ("style", STYLE), ("examples", examples::INDEX)];
        for (name, text) in texts.into_iter().chain(SCRIPTS).chain(examples::DOCUMENTS) {
            for foreign in ["http://", "https://", "@import", "//cdn", "eval(", "innerHTML", " style=", " onclick="] {
                assert!(!text.contains(foreign), "{name} has {foreign}");
            }
        }
        assert!(!PAGE.contains("<style") && !PAGE.contains("<script>"));
    }

    #[test]
    fn every_module_that_is_imported_is_served() {
        let imported = SCRIPTS.iter().flat_map(|(_, script)| script.split(" from \"./").skip(1));
        let imported: Vec<_> = imported.filter_map(|rest| rest.split('"').next()).collect();
        assert!(imported.len() >= SCRIPTS.len() - 1, "{imported:?}");
        for module in imported {
            assert!(SCRIPTS.iter().any(|(path, _)| *path == format!("/playground/{module}")), "{module}");
        }
    }

    #[test]
    fn every_element_that_the_scripts_ask_for_is_on_the_page() {
        let asked = SCRIPTS.iter().flat_map(|(_, script)| script.split("element(\"").skip(1));
        let ids: Vec<&str> = asked.filter_map(|rest| rest.split('"').next()).collect();
        assert!(ids.len() > 10, "the pattern still finds them");
        for id in ids {
            assert!(PAGE.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
}
