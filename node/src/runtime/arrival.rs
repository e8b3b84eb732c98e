//! What a chat holds that its policy does not want: looked for when it arrives, before the service
//! decides what becomes of it.

use super::{Context, blocking};
use crate::scrub::arrival;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::exchange::Findings;
use std::sync::Arc;

/// Everything that was found in a chat that arrived. What cannot be looked through says so in
/// `failed`, and the chat goes to review.
///
/// This is where further scrubbers join in: each adds its finds to those of Sheaf
/// ([`add_find`](crate::scrub::add_find)), or says why it could not look ([`failed`]).
pub(super) async fn findings(context: &Context, chat: &Arc<Chat>, at_once: bool) -> Findings {
    scanned(context, chat, at_once).await
}

/// What Sheaf itself finds. A small chat is looked through where it was read.
async fn scanned(context: &Context, chat: &Arc<Chat>, at_once: bool) -> Findings {
    let (scanner, chat) = (context.scanner.clone(), chat.clone());
    let scan = move || arrival(&scanner, &chat);
    if at_once {
        return scan();
    }
    let _permit = context.workers.acquire().await;
    blocking(scan).await.unwrap_or_else(|| failed(Findings::default(), "the scan broke off"))
}

/// The same findings, from a scrubber that could not look through all of the chat.
fn failed(findings: Findings, why: &str) -> Findings {
    Findings { failed: Some(why.to_owned()), ..findings }
}
