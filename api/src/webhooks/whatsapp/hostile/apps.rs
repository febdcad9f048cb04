use super::*;

fn delivery(path: &str, secret: &str) -> Vec<u8> {
    request("POST", path, &[(signature::HEADER, &sign(secret.as_bytes(), b"{}"))], b"{}")
}

fn subscription(path: &str, token: &str) -> Vec<u8> {
    let token = token.replace(' ', "+").replace('\'', "%27");
    let query = format!("hub.mode=subscribe&hub.challenge=42&hub.verify_token={token}");
    request("GET", &format!("{path}?{query}"), &[], b"")
}

#[tokio::test]
async fn each_app_has_a_door_of_its_own() {
    let door = Door::open().await;
    let shop = format!("{PATH}/shop");
    for (path, secret, token, status) in [
        (PATH, SECRET, VERIFY_TOKEN, (200, 200)),
        (&shop, SHOP_SECRET, SHOP_VERIFY_TOKEN, (200, 200)),
        (PATH, SHOP_SECRET, SHOP_VERIFY_TOKEN, (401, 403)),
        (&shop, SECRET, VERIFY_TOKEN, (401, 403)),
        (&shop, PREVIOUS, "", (401, 403)),
    ] {
        let answers = (door.ask(&delivery(path, secret)).await, door.ask(&subscription(path, token)).await);
        assert_eq!((answers.0.status, answers.1.status), status, "{path}");
    }
    assert_eq!(door.stored().await, [None, Some("shop".to_owned())]);
}

#[tokio::test]
async fn an_unknown_key_is_not_found() {
    let door = Door::open().await;
    for key in ["other", "Shop", "shop%20", "sho", "shops", "%2e%2e", "shop%2f", "shop%00", "", "shop/", "shop/more"] {
        let path = format!("{PATH}/{key}");
        for request in [delivery(&path, SHOP_SECRET), subscription(&path, SHOP_VERIFY_TOKEN)] {
            assert_eq!(door.ask(&request).await.status, 404, "{key}");
        }
    }
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn an_app_without_a_secret_takes_nothing() {
    let door = Door::open().await;
    let path = format!("{PATH}/unset");
    for secret in ["", SECRET, SHOP_SECRET] {
        assert_eq!(door.ask(&delivery(&path, secret)).await.status, 503);
    }
    assert_eq!(door.ask(&subscription(&path, "")).await.status, 503);
    assert!(door.stored().await.is_empty());
}

const OF_OTHER_PRODUCTS: [&str; 4] =
    ["/webhook/whatsapp", "/api/webhooks/whatsapp", "/webhook/facebook", "/api/webhooks/meta"];

#[tokio::test]
async fn paths_of_other_products_lead_here_only_if_they_are_asked_for() {
    let (closed, open) = (Door::open().await, Door::within(Limits { aliases: true, ..Limits::default() }).await);
    for path in OF_OTHER_PRODUCTS {
        let shop = format!("{path}/shop");
        for (path, secret, token) in [(path, SECRET, VERIFY_TOKEN), (&shop, SHOP_SECRET, SHOP_VERIFY_TOKEN)] {
            for request in [delivery(path, secret), subscription(path, token)] {
                assert_eq!(closed.ask(&request).await.status, 404, "{path}");
                assert_eq!(open.ask(&request).await.status, 200, "{path}");
            }
            assert_eq!(open.ask(&delivery(path, "unknown")).await.status, 401, "{path}");
        }
        assert_eq!(open.ask(&delivery(&format!("{path}/other"), SECRET)).await.status, 404, "{path}");
    }
    assert!(closed.stored().await.is_empty());
    assert_eq!(open.stored().await.len(), 2 * OF_OTHER_PRODUCTS.len());
    assert_eq!(open.ask(&delivery(PATH, SECRET)).await.status, 200);
}
