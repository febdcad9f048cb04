//! The commands the harness calls, and waiting for what they tell of.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde::de::DeserializeOwned;

use super::{Delivery, DeliveryState, Ended, FollowerStatus, Verified, run, run_within};
use crate::installation::Installation;
use crate::patience::{PATIENCE, within};

impl Installation {
    /// Runs `leadflow ARGS` to its end, however it ends.
    ///
    /// # Errors
    /// When it can't be started or hangs.
    pub async fn leadflow(&self, args: &[&str]) -> Result<Ended> {
        let mut command = self.command()?;
        command.args(args);
        run(command).await
    }

    /// Runs `leadflow ARGS --json` and reads its answer.
    ///
    /// # Errors
    /// When it fails or answers something else.
    pub async fn json<T: DeserializeOwned>(&self, args: &[&str]) -> Result<T> {
        self.leadflow(&[args, &["--json"]].concat()).await?.succeeded()?.json()
    }

    /// `projections status`.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn projections(&self) -> Result<Vec<FollowerStatus>> {
        self.json(&["projections", "status"]).await
    }

    /// `reactors status`.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn reactors(&self) -> Result<Vec<FollowerStatus>> {
        self.json(&["reactors", "status"]).await
    }

    /// `webhooks list`, all of it.
    ///
    /// # Errors
    /// When the command fails.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>> {
        self.json(&["webhooks", "list", "--limit", "1000000"]).await
    }

    /// Deliveries whose translation is not finished.
    ///
    /// # Errors
    /// When the command fails.
    async fn waiting(&self) -> Result<Vec<Delivery>> {
        let waiting: Vec<Delivery> = self.json(&["webhooks", "list", "--only", "waiting"]).await?;
        ensure!(
            waiting.iter().all(|delivery| delivery.state == DeliveryState::Waiting),
            "deliveries that don't wait are listed as waiting"
        );
        Ok(waiting)
    }

    /// `events verify`, whatever it finds.
    ///
    /// # Errors
    /// When the command can't run or its exit status and its answer disagree.
    pub async fn verify(&self) -> Result<Verified> {
        self.verify_within(PATIENCE).await
    }

    /// The same, of a log that takes a while.
    ///
    /// # Errors
    /// As [`Self::verify`], and when it takes longer than `patience`.
    pub async fn verify_within(&self, patience: Duration) -> Result<Verified> {
        let mut command = self.command()?;
        command.args(["events", "verify", "--json"]);
        let ended = run_within(patience, command).await?;
        let verified: Verified = ended.json()?;
        ensure!(
            verified.ok == ended.status.success() && verified.ok == verified.problems.is_empty(),
            "events verify contradicts itself: {} and {verified:?}",
            ended.status,
        );
        Ok(verified)
    }

    /// Waits until every delivery is dealt with and every projector and reactor stands at the log's head.
    ///
    /// What waits flows on when a reactor sees what it waits for: a number, and then messages to it, for which their
    /// statuses wait. So deliveries and reactors are asked in turns.
    ///
    /// # Errors
    /// When that does not come about within `patience`.
    pub async fn settle_within(&self, patience: Duration) -> Result<()> {
        within(patience, "the installation settles", || async {
            self.nothing_waits().await?;
            for _ in 0..2 {
                at_the_head("reactor", &self.reactors().await?)?;
                self.nothing_waits().await?;
            }
            // Last, since reactors and deliveries move the head: what they caused is within the one asked for here.
            at_the_head("projector", &self.projections().await?)
        })
        .await
    }

    async fn nothing_waits(&self) -> Result<()> {
        let waiting = self.waiting().await?;
        ensure!(waiting.is_empty(), "deliveries are waiting: {waiting:?}");
        Ok(())
    }

    /// [`settle_within`](Self::settle_within) the usual patience.
    ///
    /// # Errors
    /// As [`settle_within`](Self::settle_within).
    pub async fn settle(&self) -> Result<()> {
        self.settle_within(PATIENCE).await
    }
}

fn at_the_head(kind: &str, followers: &[FollowerStatus]) -> Result<()> {
    ensure!(!followers.is_empty(), "no {kind} is registered");
    let behind: Vec<_> = followers.iter().filter(|one| one.position != one.head).collect();
    ensure!(behind.is_empty(), "behind the head: {behind:?}");
    Ok(())
}
