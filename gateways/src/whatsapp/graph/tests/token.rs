//! The token is in nothing that is told.

use super::*;

#[test]
fn a_token_is_taken_out_however_it_is_spelled() {
    let odd = token("EA|a/b+c%d=");
    for (text, expected) in [
        ("", ""),
        ("nothing of it: EA|a/b+c%d", "nothing of it: EA|a/b+c%d"),
        ("EA|a/b+c%d=", "[token]"),
        ("é EA|a/b+c%d=EA|a/b+c%d= é", "é [token][token] é"),
        ("once EA%7Ca%2Fb%2Bc%25d%3D.", "once [token]."),
        ("lower EA%7ca%2fb%2bc%25d%3d.", "lower [token]."),
        ("partly EA|a%2Fb+c%25d=.", "partly [token]."),
        ("wholly %45%41%7C%61%2F%62%2B%63%25%64%3D.", "wholly [token]."),
        ("twice EA%257Ca%252Fb%252Bc%2525d%253D.", "twice [token]."),
        ("thrice EA%25257Ca%25252Fb%25252Bc%252525d%25253D.", "thrice [token]."),
        ("in JSON EA|a\\/b+c%d=.", "in JSON [token]."),
        ("breaks off EA%7Ca%2Fb%2Bc%25d%3", "breaks off EA%7Ca%2Fb%2Bc%25d%3"),
    ] {
        assert_eq!(odd.scrubbed(text), expected);
    }
    assert_eq!(token("%%%").scrubbed("%%%25%25%25%%"), "[token][token]%");
    assert_eq!(token("a").scrubbed("banana"), "b[token]n[token]n[token]");
}

/// A text that starts over at each of its letters, as long as answers may be, and a token as long as Meta's.
#[test]
fn what_is_nearly_the_token_again_and_again_is_read_soon() {
    let almost = token(&format!("{}b", "%".repeat(199)));
    let text = "%25".repeat(5_000);
    assert_eq!(almost.scrubbed(&text), text);
}
