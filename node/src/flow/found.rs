//! A community is founded: keys, charter, first policy, the origin's acceptance, the founder's
//! membership, first head.

use crate::home::{Home, HomeError, Settings};
use crate::store::{
    Append, AppendError, CommunityRow, Head, Held, Holding, NewEntry, OpenError, Slot, Store,
    StoreError, StoreOptions,
};
use sheaf_protocol::community::{Community, Evidence, FoldError, Item, Known};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::policy::{Policy, ReplicaRule};
use sheaf_protocol::sign::{SecretKey, Seed, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Body, Charter, Invalid, Membership, PolicyRef, Role, SignedStatement,
    Statement,
};
use sheaf_protocol::time::Time;
use zeroize::Zeroizing;

/// What an organiser decides.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The community's name.
    pub name: String,
    /// Its first policy.
    pub policy: Policy,
    /// Where its node listens.
    pub listen: Vec<String>,
    /// Now.
    pub now: Time,
}

/// A community that now exists, and the words that bring its secrets back.
pub struct Founded {
    /// The community.
    pub community: CommunityId,
    /// Recovery words of the root key: write them down, keep them offline.
    pub root_words: Zeroizing<String>,
    /// Recovery words of the steward's own seed.
    pub seed_words: Zeroizing<String>,
}

/// Why a community was not founded. Nothing is left half done but unused key files.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The home folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The home folder has a community already.
    #[error("this home folder has a community already: {0}")]
    Exists(CommunityId),
    /// The policy breaks a rule.
    #[error("the policy does not hold: {0}")]
    Policy(#[from] Invalid),
    /// The fold refuses what was just made.
    #[error("the first entries do not fold: {0}")]
    Fold(#[from] FoldError),
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first head was not kept.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Founds a community in a home whose node does not run.
///
/// # Errors
/// [`FoundError`].
pub fn found(home: &Home, founding: Founding) -> Result<Founded, FoundError> {
    founding.policy.validate()?;
    let _lock = home.lock()?;
    let store = Store::open(&home.store_dir(), StoreOptions::default())?;
    if let Some(row) = store.communities()?.into_iter().find(|row| row.home) {
        return Err(FoundError::Exists(row.id));
    }
    let root_seed = Zeroizing::new(random()?);
    let root = SecretKey::from_bytes(*root_seed);
    let community = CommunityId(root.public());
    let log = SecretKey::from_bytes(random()?);
    let seed = home.seed()?;
    home.write_root_key(&root)?;
    home.write_log_key(&log)?;
    home.write_settings(&Settings {
        name: founding.name.clone(),
        listen: founding.listen.clone(),
        ..home.settings()?
    })?;
    let node = home.node_key()?;
    let founding = admitting(founding, node.public());
    let statements = first_statements(&founding, community, &root, &log, &seed, &node)?;
    let slot = store.add_community(community)?;
    store.append(first_append(slot, community, &log, founding.now, statements)?)?;
    if let Some(row) = store.community(slot)? {
        store.update_community(&CommunityRow { home: true, ..row })?;
    }
    Ok(Founded {
        community,
        root_words: Seed::from_bytes(*root_seed).to_words(),
        seed_words: seed.to_words(),
    })
}

fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Where replicas are listed, the origin is one of them.
fn admitting(mut founding: Founding, node: PublicKey) -> Founding {
    let policy = &mut founding.policy;
    if policy.replicas == ReplicaRule::Listed && !policy.replica_keys.contains(&node) {
        policy.replica_keys.push(node);
        policy.replica_keys.sort();
    }
    founding
}

/// Charter, policy, the origin's acceptance of it (so the register names the origin too), and the
/// founder's membership.
fn first_statements(
    founding: &Founding,
    community: CommunityId,
    root: &SecretKey,
    log: &SecretKey,
    seed: &Seed,
    node: &SecretKey,
) -> Result<Vec<(Salt, SignedStatement)>, FoundError> {
    let steward = seed.member_key(&community);
    let statement =
        |policy, body| Statement { community, epoch: 0, policy, at: founding.now, body };
    let charter = Charter {
        name: founding.name.clone(),
        log_key: log.public(),
        stewards: vec![steward.public()],
        next_root: None,
        ends: None,
        previous: None,
    };
    let charter = Signed::sign(statement(None, Body::Charter(charter)), root);
    let policy = Signed::sign(statement(None, Body::Policy(founding.policy.clone())), &steward);
    let salt = Salt(random()?);
    let reference = PolicyRef { index: 1, commitment: policy.entry(&salt).commitment };
    let membership = Membership {
        admission: Admission::Admit,
        member: steward.public(),
        name: None,
        control: None,
        invitation: None,
        invitation_use: None,
    };
    let member = Signed::sign(statement(Some(reference), Body::Membership(membership)), &steward);
    let acceptance = Acceptance { role: Role::Replica, name: Some(founding.name.clone()) };
    let acceptance = Signed::sign(statement(Some(reference), Body::Acceptance(acceptance)), node);
    Ok(vec![
        (Salt(random()?), charter),
        (salt, policy),
        (Salt(random()?), acceptance),
        (Salt(random()?), member),
    ])
}

fn first_append(
    slot: Slot,
    community: CommunityId,
    log: &SecretKey,
    now: Time,
    statements: Vec<(Salt, SignedStatement)>,
) -> Result<Append, FoundError> {
    let items: Vec<Item> = statements
        .iter()
        .map(|(salt, statement)| Item {
            entry: statement.entry(salt),
            evidence: Evidence::Statement { salt: *salt, statement: Ok(statement.clone()) },
        })
        .collect();
    let mut fold = Community::start(community);
    let applied = fold.apply(&items, &Known::default())?;
    let frontier = fold.frontier().clone();
    let root: TreeHash = frontier.root();
    let checkpoint = Checkpoint { community, epoch: 0, size: frontier.len(), root };
    let entries = items
        .into_iter()
        .zip(&statements)
        .zip(applied.statuses)
        .map(|((item, (salt, statement)), status)| NewEntry {
            entry: item.entry,
            status,
            statement: Some(Held { salt: *salt, bytes: statement.bytes().to_vec() }),
            key: None,
            blob: None,
            holding: Holding::Full,
        })
        .collect();
    Ok(Append {
        slot,
        expected_size: 0,
        entries,
        nodes: applied.nodes,
        head: Head {
            size: frontier.len(),
            checkpoint: SignedCheckpoint::sign(checkpoint, log, now).text(),
            frontier,
            snapshot: fold.encode(),
        },
        marks: Vec::new(),
        settled: Vec::new(),
        acts: Vec::new(),
    })
}
