//! Waiting for what has been promised, without guessing how long it takes.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// How long a promise may take before a test calls it broken. Generous: two slow cores may be shared with a build,
/// and a test that passes never waits it out.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until `attempt` succeeds, and answers with its value.
///
/// The pause between two attempts only saves work; no result depends on its length.
///
/// # Errors
/// The last attempt's error, when none succeeded within `patience`.
pub async fn within<T, F>(patience: Duration, what: &str, mut attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let begun = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) if begun.elapsed() >= patience => {
                return Err(error).with_context(|| format!("{what}: not within {patience:?}"));
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(200));
            }
        }
    }
}

/// [`within`] the usual [`PATIENCE`].
///
/// # Errors
/// As [`within`].
pub async fn eventually<T, F>(what: &str, attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    within(PATIENCE, what, attempt).await
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[tokio::test]
    async fn what_comes_true_in_the_end_is_answered() {
        let mut attempts = 0;
        let answer = eventually("the third time", || {
            attempts += 1;
            let attempt = attempts;
            async move { if attempt < 3 { bail!("not yet") } else { Ok(attempt) } }
        });
        assert_eq!(answer.await.unwrap(), 3);
    }

    #[tokio::test]
    async fn what_never_comes_true_is_an_error_that_says_why() {
        let error = within(Duration::from_millis(20), "the impossible", || async {
            Err::<(), _>(anyhow::anyhow!("one is not two"))
        })
        .await
        .unwrap_err();
        let message = format!("{error:#}");
        assert!(message.contains("the impossible") && message.contains("one is not two"), "{message}");
    }
}
