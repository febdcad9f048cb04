//! Who is it? People have numbers, user ids, or both, and change them.

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator::messages_change;
use leadflow_tests::graphql::inbox::Conversation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, shared};

struct People {
    journey: Journey,
    sender: Sender,
    said: usize,
}

impl People {
    async fn begin() -> Result<Self> {
        let sender = Sender::new(shared().await?.server.address(), 1)?;
        Ok(Self { journey: Journey::begin().await?, sender, said: 0 })
    }

    /// Each of `who` says something, one after another.
    async fn write(&mut self, who: &[Value]) -> Result<()> {
        for party in who {
            let mut message = party.clone();
            message["type"] = json!("text");
            message["text"] = json!({"body": format!("number {}", self.said)});
            self.send(message).await?;
        }
        Ok(())
    }

    async fn send(&mut self, message: Value) -> Result<()> {
        self.send_together(vec![message]).await
    }

    /// All of it in one delivery.
    async fn send_together(&mut self, mut messages: Vec<Value>) -> Result<()> {
        for message in &mut messages {
            self.said += 1;
            message["id"] = json!(format!("wamid.{}", self.said));
            message["timestamp"] = json!((1_794_000_000 + self.said).to_string());
        }
        let body = messages_change(&self.journey.business.number, &json!([]), &json!(messages));
        self.sender.deliver(&[body]).await?;
        // The next one is about what this one has changed.
        self.threads().await.map(|_| ())
    }

    /// The conversations, once they hold all that was said: what each of them says, oldest first.
    async fn threads(&self) -> Result<Vec<(Conversation, Vec<String>)>> {
        eventually("everything that was said is shown", || async {
            let mut threads = Vec::new();
            for conversation in self.journey.graphql.conversations().await? {
                let mut messages = self.journey.graphql.messages(&conversation.id).await?;
                messages.sort_by(|one, other| one.sent_at.cmp(&other.sent_at));
                let said = messages.into_iter().map(|message| message.text.unwrap_or_default()).collect();
                threads.push((conversation, said));
            }
            threads.sort_by(|one: &(_, Vec<String>), other| one.1.cmp(&other.1));
            let shown: usize = threads.iter().map(|(_, said)| said.len()).sum();
            ensure!(shown == self.said, "{shown} of {}", self.said);
            Ok(threads)
        })
        .await
    }

    /// Which messages share a thread.
    async fn together(&self) -> Result<Vec<Vec<String>>> {
        Ok(self.threads().await?.into_iter().map(|(_, said)| said).collect())
    }
}

fn phone(phone: &str) -> Value {
    json!({ "from": phone })
}

fn user_id(id: &str) -> Value {
    json!({ "from_user_id": id })
}

fn both(phone: &str, id: &str) -> Value {
    json!({"from": phone, "from_user_id": id})
}

fn said(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| format!("number {number}")).collect()
}

#[tokio::test]
async fn somebody_without_a_number_is_the_same_person_once_she_shows_it() -> Result<()> {
    let mut people = People::begin().await?;
    people.write(&[user_id("IT.1"), both("393331110001", "IT.1"), phone("393331110001")]).await?;
    let threads = people.threads().await?;
    assert_eq!(threads.len(), 1, "{threads:?}");
    assert_eq!(threads[0].0.contact.as_ref().and_then(|contact| contact.phone.as_deref()), Some("+393331110001"));
    Ok(())
}

#[tokio::test]
async fn a_number_shows_its_user_id_later() -> Result<()> {
    let mut people = People::begin().await?;
    people.write(&[phone("393331110002"), both("393331110002", "IT.2"), user_id("IT.2")]).await?;
    assert_eq!(people.together().await?, [said(&[0, 1, 2])]);
    Ok(())
}

#[tokio::test]
async fn a_user_id_wins_over_a_number_and_nobody_is_merged() -> Result<()> {
    let mut people = People::begin().await?;
    // The number of the first with the id of the second.
    people.write(&[both("393331110003", "IT.3"), both("393331110004", "IT.4"), both("393331110003", "IT.4")]).await?;
    assert_eq!(people.together().await?, [said(&[0]), said(&[1, 2])]);
    Ok(())
}

#[tokio::test]
async fn a_number_that_has_gone_to_somebody_else_leads_to_nobody_s_old_thread() -> Result<()> {
    let mut people = People::begin().await?;
    people.write(&[both("393331110005", "IT.5"), both("393331110005", "IT.6"), user_id("IT.6")]).await?;
    assert_eq!(people.together().await?, [said(&[0]), said(&[1, 2])]);
    Ok(())
}

#[tokio::test]
async fn history_follows_the_person_to_her_new_number() -> Result<()> {
    for field in ["wa_id", "new_wa_id"] {
        let mut people = People::begin().await?;
        people.write(&[phone("393331110007")]).await?;
        let system = json!({"type": "user_changed_number", "body": "number 1", field: "393331110008"});
        people.send(json!({"from": "393331110007", "type": "system", "system": system})).await?;
        // From the new number it is she, from the old one somebody new.
        people.write(&[phone("393331110008"), phone("393331110007")]).await?;
        let threads = people.threads().await?;
        let spoken: Vec<&Vec<String>> = threads.iter().map(|(_, said)| said).collect();
        assert_eq!(spoken, [&said(&[0, 1, 2]), &said(&[3])]);
        assert_eq!(threads[0].0.contact.as_ref().and_then(|contact| contact.phone.as_deref()), Some("+393331110008"));
        assert_eq!(threads[0].0.unread_count, 2, "what WhatsApp tells of its own accord is not unread");
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_user_id_stays_the_same_person() -> Result<()> {
    let mut people = People::begin().await?;
    people.write(&[user_id("IT.9")]).await?;
    let system =
        json!({"type": "user_changed_user_id", "body": "number 1", "user_id": "IT.10", "previous_user_id": "IT.9"});
    people.send(json!({"type": "system", "system": system})).await?;
    people.write(&[user_id("IT.10")]).await?;
    assert_eq!(people.together().await?, [said(&[0, 1, 2])]);
    Ok(())
}

#[tokio::test]
async fn two_spellings_of_a_number_are_one_person() -> Result<()> {
    let mut people = People::begin().await?;
    people
        .write(&[phone("551199990001"), phone("5511999990001"), phone("5215512345678"), phone("525512345678")])
        .await?;
    assert_eq!(people.together().await?, [said(&[0, 1]), said(&[2, 3])]);
    Ok(())
}

fn says(mut party: Value, what: &str) -> Value {
    party["type"] = json!("text");
    party["text"] = json!({ "body": what });
    party
}

#[tokio::test]
async fn one_delivery_that_names_her_in_several_ways_is_about_one_person() -> Result<()> {
    for order in [[0, 2, 1], [1, 2, 0], [2, 1, 0]] {
        let mut people = People::begin().await?;
        let ways = [user_id("IT.20"), phone("393331110020"), both("393331110020", "IT.20")];
        people.send_together(order.map(|which| says(ways[which].clone(), &format!("way {which}"))).to_vec()).await?;
        let threads = people.threads().await?;
        assert_eq!(threads.len(), 1, "{order:?}: {threads:?}");
        assert_eq!(threads[0].0.contact.as_ref().and_then(|contact| contact.phone.as_deref()), Some("+393331110020"));
    }
    Ok(())
}

#[tokio::test]
async fn a_change_among_her_messages_in_one_delivery_is_carried_out_where_it_stands() -> Result<()> {
    let mut people = People::begin().await?;
    let (old, new) = ("393331110021", "393331110022");
    let system = json!({"type": "user_changed_number", "body": "changed", "wa_id": new});
    let change = json!({"from": old, "type": "system", "system": system});
    people
        .send_together(vec![
            says(phone(old), "from the old one"),
            change,
            says(phone(new), "from the new one"),
            says(phone(old), "somebody else"),
        ])
        .await?;
    let said = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let expected = [said(&["from the old one", "changed", "from the new one"]), said(&["somebody else"])];
    assert_eq!(people.together().await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_number_and_a_user_id_that_change_together_take_her_history_along() -> Result<()> {
    let mut people = People::begin().await?;
    people.write(&[both("393331110023", "IT.23")]).await?;
    let system = json!({
        "type": "user_changed_number", "body": "number 1", "wa_id": "393331110024",
        "user_id": "IT.24", "previous_user_id": "IT.23",
    });
    people.send(json!({"from": "393331110023", "type": "system", "system": system})).await?;
    people.write(&[both("393331110024", "IT.24"), user_id("IT.24")]).await?;
    assert_eq!(people.together().await?, [said(&[0, 1, 2, 3])]);
    Ok(())
}
