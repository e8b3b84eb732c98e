//! What the nodes must hold, and waiting for it.

use super::script::COMMUNITIES;
use super::stage::Stage;
use crate::error::CliError;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long manifests may take to arrive everywhere, at least.
pub(super) const ARRIVE: Duration = Duration::from_secs(30);
/// How often is looked.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(150);

/// Waits until every node holds so many live chats of each community, and so many withdrawn ones of
/// the first.
pub(super) async fn wait_for_counts(
    stage: &Stage,
    ids: &[String],
    live: &[u64],
    withdrawn: u64,
) -> Result<(), CliError> {
    // A large export of one's own takes longer.
    let patience = ARRIVE + Duration::from_millis(50 * live.iter().sum::<u64>());
    let deadline = Instant::now() + patience;
    for community in &COMMUNITIES {
        loop {
            let status = stage.sheaf(community.node, &["status"]).await?;
            match missing(&status, ids, live, withdrawn) {
                None => break,
                Some(missing) if Instant::now() >= deadline => {
                    let node = community.name;
                    return Err(CliError::failed(format!("the node of \"{node}\": {missing}")));
                }
                Some(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }
    Ok(())
}

/// What a node lacks of the counts, in words.
fn missing(status: &Value, ids: &[String], live: &[u64], withdrawn: u64) -> Option<String> {
    for (number, (id, live)) in ids.iter().zip(live).enumerate() {
        let lines = status["communities"].as_array().into_iter().flatten();
        let Some(line) = lines.into_iter().find(|line| line["community"] == id.as_str()) else {
            return Some(format!("does not hold {}", COMMUNITIES[number].name));
        };
        let gone = if number == 0 { withdrawn } else { 0 };
        for (field, expected) in [("live", *live), ("withdrawn", gone), ("wanted", 0)] {
            if line[field] != expected {
                let name = COMMUNITIES[number].name;
                return Some(format!("{name}: {field} is {}, not {expected}", line[field]));
            }
        }
    }
    None
}
