//! What has to be seen to as time goes by.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How soon it is seen to again when that could not be finished, as when the database did not answer.
const SOON: Duration = Duration::from_secs(60);

/// Sees to something at once, and then as `often` until `stop`. `name` is what its warnings are found by.
pub(crate) async fn keep<Round, Error>(
    name: &'static str,
    often: Duration,
    stop: &CancellationToken,
    mut round: impl FnMut() -> Round,
) where
    Round: Future<Output = Result<(), Error>>,
    Error: Display,
{
    loop {
        let pause = match round().await {
            Ok(()) => often,
            Err(error) => {
                tracing::warn!(error = %error, "{name}: could not be finished, and is tried again");
                SOON.min(often)
            }
        };
        if timeout(pause, stop.cancelled()).await.is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_could_not_be_finished_is_seen_to_again_until_it_is_stopped() {
        let (stop, mut rounds) = (CancellationToken::new(), 0);
        keep("test.upkeep", Duration::ZERO, &stop, || {
            rounds += 1;
            let came_to = if rounds == 2 { Err("not now") } else { Ok(()) };
            if rounds == 4 {
                stop.cancel();
            }
            async move { came_to }
        })
        .await;
        assert_eq!(rounds, 4);
    }
}
