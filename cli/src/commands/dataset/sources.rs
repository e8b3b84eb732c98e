//! The communities that a dataset is made of, each reached under a key of its own.

use crate::context::{Context, now};
use crate::error::{CliError, Kind, OrFail as _};
use crate::preview::show_policy;
use crate::progress::Progress;
use crate::prompt::confirm;
use crate::text::printable;
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::flow::gather::{accept, offered};
use sheaf_protocol::dataset::{Recipe, Source as Named};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::{SecretKey, Seed};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A community, and a connection to one of its nodes as this reader.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) info: CommunityInfo,
    pub(super) client: Arc<Client>,
    key: SecretKey,
}

/// The communities by their ids, which is the order of rows.
pub(super) type Sources = BTreeMap<CommunityId, Source>;

/// What the nodes at these addresses offer, as a recipe that takes everything.
pub(super) async fn recipe_of(cx: &Context, addresses: &[String]) -> Result<Recipe, CliError> {
    let waiting = Progress::spinner(&cx.out, "looking");
    let mut found: BTreeMap<CommunityId, Vec<String>> = BTreeMap::new();
    for address in addresses {
        waiting.say(format!("looking at {address}"));
        // A key that is forgotten: which communities somebody looks at is nobody's business.
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).or_fail("the system gives no random bytes")?;
        let key = SecretKey::from_bytes(secret);
        let client = Client::connect(key, std::slice::from_ref(address)).await?;
        let communities = offered(&client).await?;
        client.close().await;
        if communities.is_empty() {
            let message = format!("the node at {address} holds no community");
            return Err(CliError::new(Kind::NotFound, message));
        }
        for id in communities {
            found.entry(id).or_default().push(address.clone());
        }
    }
    let communities = found.into_iter().map(|(id, addresses)| Named { id, addresses }).collect();
    Ok(Recipe { communities, ..Recipe::default() })
}

/// Connects to every community of a recipe.
pub(super) async fn connect(
    cx: &Context,
    seed: &Seed,
    recipe: &Recipe,
) -> Result<Sources, CliError> {
    let _waiting = Progress::spinner(&cx.out, "reaching the communities");
    let mut sources = Sources::new();
    for named in &recipe.communities {
        let key = seed.member_key(&named.id);
        let client = Client::connect(key.clone(), &named.addresses).await?;
        let info = client.community(Some(named.id)).await?;
        sources.insert(named.id, Source { info, client: Arc::new(client), key });
    }
    Ok(sources)
}

/// Shows each policy, asks, and has the signed acceptance recorded.
pub(super) async fn accept_all(cx: &Context, sources: &Sources, yes: bool) -> Result<(), CliError> {
    if !yes {
        cx.out.show(|page| {
            for source in sources.values() {
                show_policy(page, &source.info);
                page.blank();
            }
            page.line("Accepting, you promise to keep these policies. Each community records your");
            page.line("key for it, and tells it when a chat is taken back.");
        });
        let names: Vec<_> = sources.values().map(|s| printable(s.info.name())).collect();
        confirm(&cx.out, &format!("Accept the policies of {}?", names.join(", "))).await?;
    }
    let _waiting = Progress::spinner(&cx.out, "signing acceptances");
    for source in sources.values() {
        accept(&source.client, &source.info, &source.key, None, now()?).await?;
    }
    Ok(())
}

/// Says goodbye to all.
pub(super) async fn close(sources: Sources) {
    for source in sources.into_values() {
        if let Some(client) = Arc::into_inner(source.client) {
            client.close().await;
        }
    }
}
