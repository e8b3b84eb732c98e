//! A log under construction, as JSON.

use crate::sample::{self, key};
use crate::vector::to_hex;
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::community::Explanation;
use sheaf_protocol::id::Salt;
use sheaf_protocol::log::{Entry, Frontier, commit};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{
    Body, Charter, LogEnd, PolicyRef, SignedStatement, Statement, Withdrawal,
};

/// Entries with what is there of their statements.
#[derive(Clone, Default)]
pub(super) struct Log {
    pub(super) items: Vec<Value>,
    before: Vec<Value>,
    tree: Frontier,
    epoch: u64,
    policy: Option<PolicyRef>,
}

impl Log {
    /// Charter, policy, and Bob's first chat.
    pub(super) fn herons() -> Self {
        Self::under(Body::Policy(sample::policy())).with(Body::Manifest(sample::manifest(1)), 5)
    }

    /// Charter, and this policy.
    pub(super) fn under(policy: Body) -> Self {
        Self::default().with(Body::Charter(sample::charter()), 1).with(policy, 4)
    }

    /// With one statement more, by the key of this number.
    pub(super) fn with(&self, body: Body, by: u8) -> Self {
        self.with_statement(self.statement(body), by)
    }

    /// With one statement more, as it stands.
    pub(super) fn with_statement(&self, statement: Statement, by: u8) -> Self {
        let signed = Signed::sign(statement, &key(by));
        self.with_bytes(&signed.entry(&self.salt()), signed.bytes())
    }

    /// With one statement more under an entry changed by `change`.
    pub(super) fn with_entry(&self, body: Body, by: u8, change: impl FnOnce(&mut Entry)) -> Self {
        let signed = Signed::sign(self.statement(body), &key(by));
        let mut entry = signed.entry(&self.salt());
        change(&mut entry);
        self.with_bytes(&entry, signed.bytes())
    }

    /// With an entry that commits to `bytes` as a manifest does.
    pub(super) fn with_manifest_bytes(&self, bytes: &[u8]) -> Self {
        let commitment = commit(&self.salt(), bytes);
        let entry = Entry { kind: 5, commitment, control: Some(key(102).public()), due: None };
        self.with_bytes(&entry, bytes)
    }

    /// With an entry and the bytes beside it.
    pub(super) fn with_bytes(&self, entry: &Entry, bytes: &[u8]) -> Self {
        let mut log = self.clone();
        if entry.kind == 2 {
            let commitment = entry.commitment;
            log.policy = Some(PolicyRef { index: log.tree.len(), commitment });
        }
        log.items.push(json!({
            "entry": to_hex(entry.to_bytes()),
            "salt": to_hex(self.salt().0),
            "statement": to_hex(bytes),
        }));
        log.tree.append(entry.leaf_hash());
        log
    }

    /// With an item again.
    pub(super) fn with_item(&self, index: usize) -> Self {
        let mut log = self.clone();
        log.items.push(self.items[index].clone());
        log
    }

    /// Without the statement of an entry, and with an explanation or nothing in its place.
    pub(super) fn hole(&self, index: usize, explanation: Option<&Explanation>) -> Self {
        let mut log = self.clone();
        let mut item = json!({ "entry": self.items[index]["entry"] });
        if let Some(explanation) = explanation {
            item["explanation"] = to_hex(cbor::to_vec(explanation));
        }
        log.items[index] = item;
        log
    }

    /// The empty log of the next epoch.
    pub(super) fn next_epoch(&self) -> Self {
        let before = [&self.before[..], &[json!(self.items)]].concat();
        Self { before, epoch: self.epoch + 1, ..Self::default() }
    }

    /// Where the log ends now.
    pub(super) fn end(&self) -> LogEnd {
        LogEnd { size: self.tree.len(), root: self.tree.root() }
    }

    /// The charter of the sample, which gives the log to another key from here on.
    pub(super) fn rotation(&self, log_key: u8) -> Charter {
        let log_key = key(log_key).public();
        Charter { log_key, ends: Some(self.end()), ..sample::charter() }
    }

    /// A statement of this log under its newest policy.
    pub(super) fn statement(&self, body: Body) -> Statement {
        let statement = sample::statement(body);
        let policy = statement.policy.and(self.policy);
        Statement { epoch: self.epoch, policy, ..statement }
    }

    /// A signed statement of this log that is not in it.
    pub(super) fn unlogged(&self, body: Body, by: u8) -> SignedStatement {
        Signed::sign(self.statement(body), &key(by))
    }

    /// The input of a vector.
    pub(super) fn input(&self) -> Value {
        let mut input =
            json!({ "community": sample::community().to_string(), "items": self.items });
        if !self.before.is_empty() {
            input["before"] = json!(self.before);
        }
        input
    }

    /// The salt of the next entry.
    pub(super) fn salt(&self) -> Salt {
        Salt([self.items.len() as u8; 32])
    }
}

/// The withdrawal of Bob's chat number `n`.
pub(super) fn withdrawal(n: u8) -> Body {
    Body::Withdrawal(Withdrawal { control: key(100 + n).public() })
}
