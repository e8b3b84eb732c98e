//! Small communities with real logs and sealed chats, made without a node. Everything is fixed:
//! the same calls give the same bytes.

use sheaf_node::flow::assemble::{BuildError, Builder, Fetched, Summary};
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::dataset::{LeftOutReason, Position, Recipe, Record, Source};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::log::{Checkpoint, Frontier, SignedCheckpoint};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::seal::{self, ChatKey};
use sheaf_protocol::sign::{SecretKey, Seed, Signed};
use sheaf_protocol::statement::{
    Attribution, BlobRef, Body, Charter, Consent, Labels, Manifest, PolicyRef, Statement, Takedown,
    TakedownReason, Withdrawal,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;
use std::collections::BTreeMap;
use std::path::Path;

/// 2026-11-22, noon.
pub fn noon() -> Time {
    Time::from_ms(1_795_348_800_000).unwrap()
}

/// A community: its keys, its log, and its chats.
#[derive(Clone)]
pub struct Town {
    pub name: &'static str,
    root: SecretKey,
    log: SecretKey,
    steward: SecretKey,
    author: SecretKey,
    seed: Seed,
    policy: Option<PolicyRef>,
    pub items: Vec<(Vec<u8>, Record)>,
    tree: Frontier,
    sealed: BTreeMap<u64, (ChatKey, Vec<u8>)>,
    controls: BTreeMap<u64, SecretKey>,
}

/// A chat of two messages.
pub fn chat(question: &str, answer: &str) -> Chat {
    Chat {
        title: Some(format!("About {question}")),
        source: Some("test".into()),
        messages: vec![
            Message::new(Role::User, None, vec![Part::text(question)]),
            Message::new(Role::Assistant, Some(0), vec![Part::text(answer)]),
        ],
        ..Chat::default()
    }
}

/// The usual terms.
pub fn consent() -> Consent {
    Consent {
        licence: "CC-BY-4.0".into(),
        usage: "train-ai=y".into(),
        vocabulary: VOCABULARY.into(),
        attribution: Attribution::Name("Ann".into()),
        due: None,
    }
}

impl Town {
    /// Charter and policy; all keys come from `number`.
    pub fn found(number: u8, name: &'static str) -> Self {
        let key = |n: u8| SecretKey::from_bytes([number.wrapping_mul(16).wrapping_add(n); 32]);
        let seed = Seed::from_bytes([number; 32]);
        let root = key(1);
        let author = seed.member_key(&CommunityId(root.public()));
        let mut town = Self {
            name,
            log: key(2),
            steward: key(3),
            root,
            author,
            seed,
            policy: None,
            items: Vec::new(),
            tree: Frontier::new(),
            sealed: BTreeMap::new(),
            controls: BTreeMap::new(),
        };
        town.push(Body::Charter(town.charter()), &town.root.clone());
        let policy = town.push(Body::Policy(Policy::preset(Preset::Open)), &town.steward.clone());
        town.policy = Some(policy);
        town
    }

    fn charter(&self) -> Charter {
        Charter {
            name: self.name.into(),
            log_key: self.log.public(),
            stewards: vec![self.steward.public()],
            next_root: None,
            ends: None,
            previous: None,
        }
    }

    pub fn id(&self) -> CommunityId {
        CommunityId(self.root.public())
    }

    pub fn size(&self) -> u64 {
        self.tree.len()
    }

    fn sign(&self, body: Body, by: &SecretKey) -> Signed<Statement> {
        let policy = match body {
            Body::Charter(_) | Body::Policy(_) => None,
            _ => self.policy,
        };
        Signed::sign(Statement { community: self.id(), epoch: 0, policy, at: noon(), body }, by)
    }

    fn push(&mut self, body: Body, by: &SecretKey) -> PolicyRef {
        let statement = self.sign(body, by);
        let index = self.size();
        let mut salt = Salt([0xa5; 32]);
        salt.0[..8].copy_from_slice(&index.to_be_bytes());
        let entry = statement.entry(&salt);
        self.tree.append(entry.leaf_hash());
        let record = Record::Held { salt, statement: statement.bytes().to_vec() };
        self.items.push((entry.to_bytes(), record));
        PolicyRef { index, commitment: entry.commitment }
    }

    /// Contributes a chat; gives its index.
    pub fn give(&mut self, chat: &Chat, consent: Consent) -> u64 {
        let labels = Labels { messages: chat.messages.len() as u32, ..Labels::default() };
        self.give_with(chat, consent, labels)
    }

    pub fn give_with(&mut self, chat: &Chat, consent: Consent, labels: Labels) -> u64 {
        let index = self.size();
        let control = self.seed.control_key(&self.id(), index);
        let signer = match consent.attribution {
            Attribution::None => control.clone(),
            Attribution::Name(_) => self.author.clone(),
        };
        let mut key = [0x5a; 32];
        key[..8].copy_from_slice(&index.to_be_bytes());
        key[8..16].copy_from_slice(&self.root.public().0[..8]);
        let key = ChatKey::from_bytes(key);
        let sealed = seal::seal(&key, &self.id(), &signer.public(), &chat.to_cbor()).unwrap();
        let blob = BlobRef {
            hash: sealed.hash,
            sealed_bytes: sealed.blob.len() as u64,
            plain_bytes: sealed.plain_bytes,
        };
        let (commitment, check) = (sealed.commitment, sealed.check);
        let manifest =
            Manifest { control: control.public(), blob, commitment, check, consent, labels };
        self.push(Body::Manifest(manifest), &signer);
        self.sealed.insert(index, (key, sealed.blob));
        self.controls.insert(index, control);
        index
    }

    /// Takes a chat back, on the log; the statement is still there.
    pub fn withdraw(&mut self, index: u64) {
        let control = self.controls[&index].clone();
        self.push(Body::Withdrawal(Withdrawal { control: control.public() }), &control);
    }

    /// The statement goes, explained by a withdrawal that need not be logged.
    pub fn erase(&mut self, index: u64) {
        let control = &self.controls[&index];
        let body = Body::Withdrawal(Withdrawal { control: control.public() });
        self.explain(index, self.sign(body, control));
    }

    /// The statement goes on its due day.
    pub fn fall_due(&mut self, index: u64) {
        self.items[index as usize].1 = Record::Gone(Box::new(Explanation::Due));
        self.sealed.remove(&index);
    }

    /// The statement goes by a steward's takedown.
    pub fn take_down(&mut self, index: u64) {
        let control: PublicKey = self.controls[&index].public();
        let body = Body::Takedown(Takedown { control, reason: TakedownReason::Privacy });
        self.explain(index, self.sign(body, &self.steward));
    }

    fn explain(&mut self, index: u64, by: Signed<Statement>) {
        let explanation = Explanation::of(by).unwrap();
        self.items[index as usize].1 = Record::Gone(Box::new(explanation));
        self.sealed.remove(&index);
    }

    pub fn checkpoint(&self) -> String {
        self.checkpoint_at(noon())
    }

    pub fn checkpoint_at(&self, at: Time) -> String {
        let (size, root) = (self.size(), self.tree.root());
        let checkpoint = Checkpoint { community: self.id(), epoch: 0, size, root };
        SignedCheckpoint::sign(checkpoint, &self.log, at).text()
    }
}

/// Several communities.
#[derive(Clone, Default)]
pub struct Commons(pub Vec<Town>);

impl Commons {
    pub fn recipe(&self) -> Recipe {
        let source = |town: &Town| Source { id: town.id(), addresses: Vec::new() };
        Recipe { communities: self.0.iter().map(source).collect(), ..Recipe::default() }
    }

    /// Spools every log.
    pub fn builder(&self, target: &Path, recipe: Recipe) -> Builder {
        let builder = Builder::new(target, recipe).unwrap();
        for town in &self.0 {
            let mut spool = builder.log(&town.id()).unwrap();
            for (entry, record) in &town.items {
                spool.push(entry, record).unwrap();
            }
            spool.finish(&town.checkpoint(), None).unwrap();
        }
        builder
    }

    /// What a node that holds everything answers.
    pub fn fetch(&self, position: Position) -> Fetched {
        let town = self.0.iter().find(|town| town.id() == position.community).unwrap();
        match town.sealed.get(&position.index) {
            Some((key, blob)) => Fetched::Chat { key: key.clone(), blob: blob.clone() },
            None => Fetched::LeftOut(LeftOutReason::Unavailable),
        }
    }

    pub fn build(&self, target: &Path, recipe: Recipe) -> Result<Summary, BuildError> {
        let builder = self.builder(target, recipe);
        builder.write(&mut |position| Ok(self.fetch(position)), &mut |_| {})
    }
}

/// Three communities with everything that a dataset has to cope with: terms of several kinds,
/// equal chats, holes, and statements that are no chats.
pub fn three_towns() -> Commons {
    let mut heron = Town::found(1, "Heron Street");
    let mut mill = Town::found(2, "Old Mill");
    let mut lighthouse = Town::found(3, "Lighthouse");
    heron.give(&chat("bread", "Flour, water, salt, time."), consent());
    heron.give(&chat("tides", "The moon, mostly."), consent());
    let nameless = Consent { attribution: Attribution::None, ..consent() };
    heron.give(&chat("knots", "A bowline does not slip."), nameless);
    let gone = heron.give(&chat("secrets", "None left."), consent());
    let public = Consent { licence: "CC0-1.0".into(), ..consent() };
    mill.give(&chat("tides", "The moon, mostly."), public.clone());
    let languages = vec!["de".to_owned()];
    let labels = Labels { languages, messages: 2, ..Labels::default() };
    mill.give_with(&chat("Brot", "Mehl, Wasser, Salz, Zeit. \u{1f35e}\n\"Gut\""), public, labels);
    let kept_private = Consent { usage: "train-ai=n".into(), ..consent() };
    mill.give(&chat("locks", "Not for training."), kept_private);
    let taken = lighthouse.give(&chat("names", "A name that was not theirs."), consent());
    let soon = Consent { due: Some("2026-12-24".parse().unwrap()), ..consent() };
    lighthouse.give(&chat("fog", "Two short, one long."), soon);
    let regretted = lighthouse.give(&chat("weather", "Changing."), consent());
    heron.erase(gone);
    lighthouse.take_down(taken);
    lighthouse.withdraw(regretted);
    Commons(vec![heron, mill, lighthouse])
}
