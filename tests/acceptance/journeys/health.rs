use anyhow::Result;
use leadflow_tests::sender::connection;
use reqwest::StatusCode;
use serde_json::Value;

use super::begin::shared;

#[tokio::test]
async fn a_server_that_takes_traffic_is_alive_and_ready() -> Result<()> {
    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = connection()?.get(shared().await?.server.url(path)).send().await?;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        if path != "/health/live" {
            let summary: Value = answer.json().await?;
            assert_eq!(summary["rowLevelSecurity"], "on", "{path}: {summary}");
        }
    }
    let elsewhere = connection()?.get(shared().await?.server.url("/health/elsewhere")).send().await?;
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    Ok(())
}
