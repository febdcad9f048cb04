//! Media: uploaded, told of, downloaded, and gone after a while.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::*;

/// A form as browsers send it.
fn form(parts: &[(&str, &str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, of, bytes) in parts {
        let file = if *name == "file" { "; filename=\"a\"" } else { "" };
        let head =
            format!("--here\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\nContent-Type: {of}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--here--\r\n");
    ("multipart/form-data; boundary=here".to_owned(), body)
}

/// Whose clock is moved by hand alone.
async fn standing() -> Bed {
    Bed::with(Settings { windows_open_for_all: true, clock_stands: true, ..Settings::default() }).await
}

impl Bed {
    async fn uploads(&self, parts: &[(&str, &str, &[u8])]) -> Answered {
        let (of, body) = form(parts);
        let at = self.at(&format!("{NUMBER}/media"));
        answered(self.client.post(at).bearer_auth(TOKEN).header("content-type", of).body(body)).await
    }

    async fn uploads_file(&self, of: &str, bytes: &[u8]) -> Answered {
        self.uploads(&[
            ("messaging_product", "text/plain", b"whatsapp"),
            ("type", "text/plain", of.as_bytes()),
            ("file", of, bytes),
        ])
        .await
    }
}

#[tokio::test]
async fn what_is_uploaded_is_sent_told_of_and_downloaded() {
    let bed = standing().await;
    let (status, said) = bed.uploads_file("image/png", b"a picture").await;
    assert_eq!(status, 200, "{said}");
    let id = said["id"].as_str().unwrap();
    bed.sent(&message("image", &json!({ "id": id }))).await;
    bed.sent(&message("document", &json!({ "id": id, "filename": "a.png" }))).await;
    assert_eq!(code(&bed.sends(&message("video", &json!({ "id": id }))).await), (400, 131_053));

    let (status, told) = bed.gets(id).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!((&told["mime_type"], &told["file_size"], &told["id"]), (&json!("image/png"), &json!(9), &json!(id)));
    assert_eq!(told["sha256"], hex::encode(Sha256::digest(b"a picture")));
    let url = told["url"].as_str().unwrap();
    let nobody = bed.client.get(url).send().await.unwrap();
    assert_eq!(nobody.status().as_u16(), 401);
    let download = bed.client.get(url).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(download.headers()["content-type"], "image/png");
    assert_eq!(download.bytes().await.unwrap().as_ref(), b"a picture");

    bed.simulator.moves_clock(5 * 60 - 1);
    assert_eq!(bed.client.get(url).bearer_auth(TOKEN).send().await.unwrap().status().as_u16(), 200);
    bed.simulator.moves_clock(1);
    assert_eq!(bed.client.get(url).bearer_auth(TOKEN).send().await.unwrap().status().as_u16(), 404);
    let (_, again) = bed.gets(id).await;
    let again = bed.client.get(again["url"].as_str().unwrap()).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 200);
    bed.simulator.moves_clock(30 * 24 * 60 * 60);
    assert_eq!(code(&bed.gets(id).await), (400, 100));
    assert_eq!(code(&bed.sends(&message("image", &json!({ "id": id }))).await), (400, 100));
}

#[tokio::test]
async fn what_a_customer_sends_is_kept_for_a_week() {
    let bed = standing().await;
    let (id, sha256) = bed.simulator.keeps_medium(NUMBER, "audio/ogg; codecs=opus", b"a voice".to_vec());
    assert_eq!(STANDARD.decode(&sha256).unwrap(), Sha256::digest(b"a voice").as_slice());
    bed.simulator.moves_clock(7 * 24 * 60 * 60 - 1);
    assert_eq!(bed.gets(&id).await.1["mime_type"], "audio/ogg; codecs=opus");
    bed.simulator.moves_clock(1);
    assert_eq!(code(&bed.gets(&id).await), (400, 100));
}

#[tokio::test]
async fn media_of_others_are_not_told_of() {
    let bed = Bed::new().await;
    let other = BusinessNumber { phone_number_id: "7".to_owned(), ..number() };
    bed.simulator.reaches("EAAGother", other, "Another");
    let (id, _) = bed.simulator.keeps_medium("7", "image/png", b"a picture".to_vec());
    assert_eq!(code(&bed.gets(&id).await), (400, 100));
    assert_eq!(code(&bed.sends(&message("image", &json!({ "id": id }))).await), (400, 100));
    let (_, told) = answered(bed.client.get(bed.at(&id)).bearer_auth("EAAGother")).await;
    let url = told["url"].as_str().unwrap();
    assert_eq!(code(&answered(bed.client.get(url).bearer_auth(TOKEN)).await), (400, 100));
}

#[tokio::test]
async fn uploads_have_their_limits() {
    let bed = Bed::new().await;
    for (of, most) in
        [("image/jpeg", 5 << 20), ("audio/ogg", 16 << 20), ("video/mp4", 16 << 20), ("image/webp", 100 << 10)]
    {
        let mut bytes = vec![0; most];
        assert_eq!(bed.uploads_file(of, &bytes).await.0, 200, "{of}");
        bytes.push(0);
        assert_eq!(code(&bed.uploads_file(of, &bytes).await), (400, 131_053), "{of}");
    }
    // A sticker may be larger if it moves.
    let webp = |flags: u8, most: usize| {
        let mut bytes = vec![0; most];
        bytes[..16].copy_from_slice(b"RIFF\0\0\0\0WEBPVP8X");
        bytes[20] = flags;
        bytes
    };
    for (flags, most) in [(0b0001_0000, 100 << 10), (0b0001_0010, 500 << 10)] {
        assert_eq!(bed.uploads_file("image/webp", &webp(flags, most)).await.0, 200, "{flags}");
        assert_eq!(code(&bed.uploads_file("image/webp", &webp(flags, most + 1)).await), (400, 131_053), "{flags}");
    }
    assert_eq!(code(&bed.uploads_file("application/pdf", &vec![0; (100 << 20) + 1]).await), (400, 131_053));
    assert_eq!(code(&bed.uploads_file("image/png", b"").await), (400, 131_053));
    assert_eq!(code(&bed.uploads_file("text/html", b"<html>").await), (400, 100));
    let product: (&str, &str, &[u8]) = ("messaging_product", "text/plain", b"whatsapp");
    let file: (&str, &str, &[u8]) = ("file", "image/png", b"a");
    assert_eq!(bed.uploads(&[product, file]).await.0, 200, "the file says of what type it is");
    for parts in [vec![file], vec![product], vec![product, file, ("more", "text/plain", b"a")]] {
        assert_eq!(code(&bed.uploads(&parts).await), (400, 100));
    }
    bed.simulator.plan(Fault::refused(131_016).of_kind("media"));
    assert_eq!(code(&bed.uploads_file("image/png", b"a").await), (500, 131_016));
}
