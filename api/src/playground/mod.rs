//! The playground: one page for trying the API, with nothing on it that is not ours.
//!
//! Ready-made pages load their code from other people's servers, where a change of theirs would run with our users'
//! tokens. This one is a few files, compiled in; its policy lets it load and call this origin alone. It holds no
//! secret and can be served to anyone: what it asks `/graphql`, the caller's token answers for.

mod examples;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::{MethodRouter, get};

/// `img-src data:` is for the page's empty icon. Everything else is this origin's, and no page may frame this one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /playground` and its assets.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = Router::new()
        .route("/playground", asset("text/html; charset=utf-8", include_str!("index.html")))
        .route("/playground/playground.css", asset("text/css; charset=utf-8", include_str!("playground.css")))
        .route("/playground/playground.js", asset("text/javascript; charset=utf-8", include_str!("playground.js")))
        .route("/playground/examples.json", asset("application/json", examples::INDEX));
    examples::DOCUMENTS
        .into_iter()
        .fold(page, |page, (path, document)| page.route(path, asset("text/plain; charset=utf-8", document)))
}

fn asset<S: Clone + Send + Sync + 'static>(content_type: &'static str, body: &'static str) -> MethodRouter<S> {
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // They must be of one version, and they are small.
        (CACHE_CONTROL, "no-cache"),
    ];
    get(move || async move { (headers, body) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("index.html");
    const SCRIPT: &str = include_str!("playground.js");
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
            ("/playground/examples.json", "application/json"),
            ("/playground/examples/inbox.graphql", "text/plain; charset=utf-8"),
        ] {
            let response = reqwest::get(format!("http://{address}{path}")).await.expect("an answer");
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(response.headers()[CONTENT_TYPE], content_type);
            assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().expect("text");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"));
            assert!(!policy.contains("unsafe"));
        }
        server.abort();
    }

    /// The policy would stop them in the browser, silently; here they are seen.
    #[test]
    fn nothing_comes_from_elsewhere_or_inline() {
        let texts = [("page", PAGE), ("script", SCRIPT), ("style", STYLE), ("examples", examples::INDEX)];
        for (name, text) in texts.into_iter().chain(examples::DOCUMENTS) {
            for foreign in ["http://", "https://", "@import", "//cdn", "eval(", "innerHTML", " style=", " onclick="] {
                assert!(!text.contains(foreign), "{name} has {foreign}");
            }
        }
        assert!(!PAGE.contains("<style") && !PAGE.contains("<script>"));
    }

    #[test]
    fn every_element_that_the_script_asks_for_is_on_the_page() {
        let ids: Vec<&str> = SCRIPT.split("element(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(ids.len() > 10, "the pattern still finds them");
        for id in ids {
            assert!(PAGE.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
}
