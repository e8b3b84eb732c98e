//! Starting a node: keys, store, network, service; and what a start can fail of.

use super::Context;
use super::arrival::Plugged;
use super::driver::{Driver, now};
use super::guests::Guests;
use super::jobs::{explaining, statements_of};
use super::unwanted;
use crate::blobs::{self, LargeBlobs, LargeError};
use crate::home::{Home, HomeError};
use crate::limits::{ITEMS_PER_READ, LOOP_EVENTS_MAX, SUBMISSION_KIB_MAX, WORKERS};
use crate::net::{self, NetConfig, NetError, NetLimits};
use crate::scrub::Scanner;
use crate::service::{Damaged, Explain, Hosting, Service, Start, Waiting, control_of};
use crate::store::{CommunityRow, OpenError, Pending, Slot, Store, StoreError, StoreOptions, name};
use sheaf_protocol::community::Community;
use sheaf_protocol::exchange::{LARGE, MEMBER, PULL};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Kind, SignedStatement};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Semaphore, mpsc};

/// How a node is started.
#[derive(Debug, Clone, Default)]
pub struct ServeOptions {
    /// Multiaddresses to listen on; those of the home's settings when empty.
    pub listen: Vec<String>,
    /// Sign although no partner node has confirmed the newest head.
    pub sign_unconfirmed: bool,
}

/// A node that is up.
#[derive(Debug, Clone)]
pub struct Running {
    /// Where it listens, with `/p2p/`.
    pub addresses: Vec<String>,
    /// Its key.
    pub node: PublicKey,
    /// The community it is home of, with its name.
    pub home: Option<(CommunityId, String)>,
    /// How many communities it follows.
    pub followed: usize,
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The home folder: in use, missing keys, permissions.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of a large blob is still there that a crash had left.
    #[error(transparent)]
    Large(#[from] LargeError),
    /// The network: port taken, bad address.
    #[error(transparent)]
    Net(#[from] NetError),
}

/// Runs a node until `shutdown`; `ready` is told once it listens.
///
/// # Errors
/// [`ServeError`], before anything is served.
pub async fn serve(
    home: Home,
    options: ServeOptions,
    ready: impl FnOnce(&Running),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let _lock = home.lock()?;
    let store = Store::open(&home.store_dir(), StoreOptions::default())?;
    let unreadable = store.unreadable().into_iter();
    let unreadable = unreadable.map(|(file, why)| StoreError::Unreadable { file, why }.to_string());
    let (large, why) = open_large(&home.large_dir()).await;
    let unreadable: Vec<String> = unreadable.chain(why).collect();
    unreadable.iter().for_each(|sentence| tracing::error!("{sentence}"));
    finish_erasures(&store, &large).await?;
    let node = home.node_key()?;
    let log_key = home.log_key()?;
    let (communities, damaged) = hostings(&store, log_key.as_ref(), &node.public())?;
    let (net, net_events) = start_net(&home, &options, node.clone()).await?;
    let running = running(&communities, net.listening().await, node.public());
    let (mut service, first) = Service::new(Start {
        node: node.clone(),
        operator: home.seed()?.operator_key().public(),
        addresses: running.addresses.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        communities,
        blocked: store.peers()?.into_iter().filter(|p| p.blocked).map(|p| p.key).collect(),
        sign_unconfirmed: options.sign_unconfirmed,
        now: now(),
    });
    service.begin_damaged(damaged, &unreadable);
    let plugged = Plugged::open(home.settings()?.scrubber.as_ref()).await;
    if let Some(sentence) = plugged.attention() {
        tracing::warn!("{sentence}");
        service.begin_attention(&sentence);
    }
    let (events, received) = mpsc::channel(LOOP_EVENTS_MAX);
    let context = Arc::new(Context {
        proofs: super::proofs::start(),
        explains: super::explains::start(),
        net,
        store,
        large,
        events,
        fingerprint_key: fingerprint_key(&node),
        submission_kib: Arc::new(Semaphore::new(SUBMISSION_KIB_MAX as usize)),
        workers: Arc::new(Semaphore::new(WORKERS)),
        arrivals: unwanted::Arrivals::default(),
        scanner: Arc::new(Scanner::new()),
        plugged,
        guests: Guests::new(Instant::now()),
    });
    if let Err(error) = home.write_running(&running.addresses) {
        tracing::error!("{error}: commands in this home folder do not find the node");
    }
    ready(&running);
    Driver::new(service, context.clone()).run(first, net_events, received, shutdown).await;
    home.clear_running()?;
    close(context).await;
    Ok(())
}

async fn start_net(
    home: &Home,
    options: &ServeOptions,
    key: SecretKey,
) -> Result<(net::NetHandle, mpsc::Receiver<net::NetEvent>), ServeError> {
    let listen = match options.listen.is_empty() {
        true => home.settings()?.listen,
        false => options.listen.clone(),
    };
    let protocols = vec![PULL, MEMBER, LARGE];
    Ok(net::start(NetConfig { key, listen, protocols, limits: NetLimits::node() }).await?)
}

fn running(communities: &[Hosting], addresses: Vec<String>, node: PublicKey) -> Running {
    let home = communities.iter().find(|h| h.log_key.is_some());
    Running {
        addresses,
        node,
        home: home.map(|h| (h.id, h.fold.name().to_owned())),
        followed: communities.iter().filter(|h| h.log_key.is_none()).count(),
    }
}

/// The large blobs' own task ends with the last use of them.
async fn close(context: Arc<Context>) {
    let large = context.large.clone();
    drop(context);
    if let Err(error) = large.close().await {
        tracing::warn!(%error, "the large blobs did not close in order");
    }
}

/// Opens the large blobs. An index that is damaged is made again from the files; one that the system does
/// not open this time is left as it is. If they do not open even so, it is said why, and the node serves
/// what it can read.
async fn open_large(dir: &Path) -> (LargeBlobs, Option<String>) {
    let index = blobs::index_file(dir);
    let mut opened = LargeBlobs::open(dir).await;
    if let Err(error) = &opened
        && Store::check_database(&index).is_err_and(|error| error.is_damage())
    {
        let index = index.display();
        tracing::error!("{index} is damaged, and made again from the large chats: {error}");
        opened = LargeBlobs::open_with_new_index(dir).await;
    }
    match opened {
        Ok(large) => (large, None),
        Err(error) => {
            let why = format!(
                "{error}: large chats are neither served nor taken until that is mended; stop the \
                 node and run sheaf doctor, which says what to do"
            );
            (LargeBlobs::unreadable(dir, &why), Some(why))
        }
    }
}

/// Files of large blobs that a crash left behind an erasure, or before the append that would have
/// named them, go before anything is served.
async fn finish_erasures(store: &Store, large: &LargeBlobs) -> Result<(), ServeError> {
    if !store.is_readable(name::BLOBS) || !large.is_readable() {
        // Nobody knows what refers to them, or what there is.
        return Ok(());
    }
    for hash in store.large_doomed(usize::MAX)? {
        large.delete(&hash).await?;
        store.large_deleted(&hash)?;
    }
    for hash in large.hashes().await? {
        if !store.is_large_referenced(&hash)? {
            large.delete(&hash).await?;
        }
    }
    Ok(())
}

/// The key of fingerprints: derived, so that it outlives restarts and is kept nowhere else.
fn fingerprint_key(node: &SecretKey) -> [u8; 32] {
    blake3::derive_key("sheaf 2026-11 node fingerprint key v1", &node.to_bytes()[..])
}

/// The communities of the store, as the service takes them up; and those that do not read.
pub(super) fn hostings(
    store: &Store,
    log_key: Option<&SecretKey>,
    node: &PublicKey,
) -> Result<(Vec<Hosting>, Vec<Damaged>), ServeError> {
    let rows = store.communities()?.into_iter().filter(|row| row.home || row.followed);
    let (mut hostings, mut damaged) = (Vec::new(), Vec::new());
    for row in rows {
        let (id, home) = (row.id, row.home);
        match hosting(store, row, log_key, node) {
            Ok(hosting) => hostings.push(hosting),
            // One that is damaged is no reason to stop serving the others.
            Err(error @ ServeError::Store(StoreError::Corrupt { .. })) => {
                tracing::error!(
                    "{id} is not served: {error}; stop the node and run sheaf doctor, which says \
                     what to do"
                );
                damaged.push(Damaged { id, home, why: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((hostings, damaged))
}

fn hosting(
    store: &Store,
    row: CommunityRow,
    log_key: Option<&SecretKey>,
    node: &PublicKey,
) -> Result<Hosting, ServeError> {
    let (fold, checkpoint) = match store.head(row.slot)? {
        Some(head) => {
            let fold = Community::decode(&head.snapshot, head.frontier)
                .map_err(|error| store.corrupt_log("the state of a community", error))?;
            (fold, head.checkpoint)
        }
        None => (Community::start(row.id), String::new()),
    };
    let acceptances = store.acceptances(row.slot)?.into_iter().map(|a| a.statement);
    Ok(Hosting {
        slot: row.slot,
        id: row.id,
        fold,
        checkpoint,
        log_key: row.home.then(|| log_key.cloned()).flatten(),
        addresses: row.addresses.clone(),
        acceptances: statements_of(acceptances),
        explanations: unlogged_explanations(store, &row)?,
        unfinished: unfinished(store, &row)?,
        fork: store.fork(row.slot)?,
        owed: store.owed(row.slot)?,
        unsent: unsent_receipts(store, &row, node)?,
        waiting: waiting(store, row.slot),
    })
}

/// The review queue. One that does not read costs the queue, and nothing else.
fn waiting(store: &Store, slot: Slot) -> Vec<Waiting> {
    let (mut waiting, mut after) = (Vec::new(), None);
    loop {
        let rows =
            store.pending_after(slot, after.as_ref(), ITEMS_PER_READ).unwrap_or_else(|error| {
                tracing::error!("{error}: chats that wait for review are not to be seen");
                Vec::new()
            });
        let Some(last) = rows.last() else { return waiting };
        after = Some(last.control);
        waiting.extend(rows.iter().filter_map(waiting_of));
    }
}

fn waiting_of(row: &Pending) -> Option<Waiting> {
    let statement = SignedStatement::verify(&row.manifest).ok()?;
    Waiting::of(&statement, row.member, row.fingerprint, &row.findings)
}

fn unfinished(store: &Store, row: &CommunityRow) -> Result<Vec<Explain>, ServeError> {
    let pending = store.pending_erasures()?.into_iter().filter(|p| p.slot == row.slot);
    let explain = |p: crate::store::PendingErasure| {
        Some(Explain {
            slot: row.slot,
            index: Some(p.erase.index),
            control: p.erase.control?,
            cause: p.erase.cause,
            explanation: p.erase.explanation,
        })
    };
    Ok(pending.filter_map(explain).collect())
}

/// Explanations in force that no entry of the log holds yet.
fn unlogged_explanations(
    store: &Store,
    row: &CommunityRow,
) -> Result<Vec<SignedStatement>, ServeError> {
    let kept = store.explanations(row.slot)?;
    let mut open: Vec<SignedStatement> =
        kept.iter().filter_map(|e| explaining(&e.explanation)).collect();
    if !open.is_empty() {
        let logged = logged_ids(store, row, &[Kind::WITHDRAWAL, Kind::TAKEDOWN])?;
        open.retain(|statement| !logged.contains(&statement.id().0));
    }
    // What was taken back while it waited for review never was in the log.
    let mut of_entries = Vec::with_capacity(open.len());
    for statement in open {
        let control = control_of(&statement);
        let index =
            control.map(|control| store.index_of_control(row.slot, &control)).transpose()?;
        of_entries.extend(index.flatten().map(|_| statement));
    }
    Ok(of_entries)
}

/// Our own receipts that the origin's log does not hold yet.
fn unsent_receipts(
    store: &Store,
    row: &CommunityRow,
    node: &PublicKey,
) -> Result<Vec<Vec<u8>>, ServeError> {
    if row.home {
        return Ok(Vec::new());
    }
    let receipts = store.all_receipts(row.slot, usize::MAX)?.into_iter();
    let mut own: Vec<Vec<u8>> = receipts.filter(|r| r.key == *node).map(|r| r.statement).collect();
    own.dedup();
    if !own.is_empty() {
        let logged = logged_ids(store, row, &[Kind::RECEIPT])?;
        own.retain(|b| SignedStatement::verify(b).is_ok_and(|s| !logged.contains(&s.id().0)));
    }
    Ok(own)
}

/// Ids of the logged statements of some kinds.
fn logged_ids(
    store: &Store,
    row: &CommunityRow,
    kinds: &[Kind],
) -> Result<BTreeSet<[u8; 32]>, ServeError> {
    let (mut ids, mut from) = (BTreeSet::new(), 0);
    loop {
        let rows = store.entries(row.slot, from, crate::limits::ITEMS_PER_READ)?;
        if rows.is_empty() {
            return Ok(ids);
        }
        for (index, entry) in (from..).zip(&rows) {
            if kinds.contains(&Kind(entry.entry.kind)) {
                let held = store.statement(row.slot, index)?;
                let statement = held.and_then(|h| SignedStatement::verify(&h.bytes).ok());
                ids.extend(statement.map(|s| s.id().0));
            }
        }
        from += rows.len() as u64;
    }
}
