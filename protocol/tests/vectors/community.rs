//! `docs/spec/community.md`: what a whole log comes to.

use crate::sample::{self, key};
use crate::vector::{self, Draft, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::community::{Community, Evidence, Explanation, Item, Known};
use sheaf_protocol::id::Salt;
use sheaf_protocol::log::Entry;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{Body, SignedStatement, Withdrawal};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "fold" => Some(fold(input)),
        _ => None,
    }
}

fn fold(input: &Input<'_>) -> Outcome {
    let id = input.text("community").parse().map_err(|e| format!("{e}"))?;
    let items = input.value("items").as_array().unwrap();
    let items: Vec<Item> = items.iter().map(item).collect::<Result<_, String>>()?;
    let mut community = Community::start(id);
    let applied = community.apply(&items, &Known::default()).map_err(|e| e.to_string())?;
    let statuses = applied.statuses.iter().map(ToString::to_string);
    Ok(json!({
        "statuses": statuses.collect::<Vec<_>>(),
        "root": vector::to_hex(community.frontier().root().0),
        "members": community.members().map(|m| m.key.to_string()).collect::<Vec<_>>(),
    }))
}

fn item(value: &Value) -> Result<Item, String> {
    let input = Input::of(value);
    let entry = Entry::from_bytes(&input.hex("entry")).map_err(|e| e.to_string())?;
    let evidence = if value.get("statement").is_some() {
        let salt = Salt(input.fixed("salt"));
        Evidence::read(&entry, salt, &input.hex("statement")).map_err(|e| e.to_string())?
    } else if value.get("explanation").is_some() {
        let explanation = cbor::from_slice::<Explanation>(&input.hex("explanation"));
        Evidence::Gone(explanation.map_err(|e| e.to_string())?)
    } else {
        Evidence::Missing
    };
    Ok(Item { entry, evidence })
}

/// A log under construction, as JSON.
#[derive(Clone, Default)]
struct Log {
    items: Vec<Value>,
    statements: Vec<SignedStatement>,
}

impl Log {
    /// Charter, policy, and a chat.
    fn herons() -> Self {
        let mut log = Self::default();
        log.push(Body::Charter(sample::charter()), &key(1));
        log.push(Body::Policy(sample::policy()), &key(4));
        log.push(Body::Manifest(sample::manifest(1)), &key(5));
        log
    }

    fn salt(&self, index: usize) -> Salt {
        let _ = self;
        Salt([index as u8; 32])
    }

    fn push(&mut self, body: Body, by: &SecretKey) {
        let mut statement = sample::statement(body);
        if let (Some(at), Some(policy)) = (&mut statement.policy, self.statements.get(1)) {
            at.commitment = policy.entry(&self.salt(1)).commitment;
        }
        let signed = Signed::sign(statement, by);
        let salt = self.salt(self.items.len());
        self.items.push(json!({
            "entry": vector::to_hex(signed.entry(&salt).to_bytes()),
            "salt": vector::to_hex(salt.0),
            "statement": vector::to_hex(signed.bytes()),
        }));
        self.statements.push(signed);
    }

    /// Takes the statement of an entry away, and leaves an explanation.
    fn hole(&mut self, index: usize, explanation: Option<&Explanation>) {
        let mut item = json!({ "entry": self.items[index]["entry"] });
        if let Some(explanation) = explanation {
            item["explanation"] = vector::to_hex(cbor::to_vec(explanation));
        }
        self.items[index] = item;
    }

    fn input(&self) -> Value {
        json!({ "community": sample::community().to_string(), "items": self.items })
    }
}

fn withdrawal() -> Body {
    Body::Withdrawal(Withdrawal { control: key(101).public() })
}

fn explanation(by: &SecretKey) -> Explanation {
    Explanation::Withdrawal(Signed::sign(sample::statement(withdrawal()), by))
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/community-*.json"]
fn write_community_vectors() {
    let mut drafts = Vec::new();
    let mut add = |expect, name, why, log: &Log| {
        drafts.push(Draft { expect, name, what: "fold", why, input: log.input() });
    };
    let herons = Log::herons();
    add("accept", "fold-first-chat", "charter, policy, chat", &herons);
    let mut log = herons.clone();
    log.push(Body::Membership(sample::join()), &key(5));
    log.push(withdrawal(), &key(101));
    log.push(withdrawal(), &key(5));
    add("accept", "fold-member", "a join, a withdrawal, and one by the wrong key", &log);
    let mut log = herons.clone();
    let mut reused = sample::manifest(1);
    reused.labels.messages = 3;
    log.push(Body::Manifest(reused), &key(5));
    log.push(Body::Manifest(sample::manifest(2)), &key(102));
    let mut strange = sample::manifest(3);
    strange.consent.licence = "MIT".into();
    log.push(Body::Manifest(strange), &key(5));
    log.push(Body::Policy(sample::policy()), &key(6));
    add(
        "accept",
        "fold-voids",
        "a control key used twice, a wrong signer, a licence not listed, a policy by nobody",
        &log,
    );
    log.hole(2, Some(&explanation(&key(101))));
    add("accept", "fold-hole", "the same, with a hole: no other verdict changes", &log);
    log.hole(2, Some(&explanation(&key(5))));
    add("accept", "fold-hole-unexplained", "a withdrawal by another key explains nothing", &log);
    let mut log = herons.clone();
    log.hole(1, None);
    add("reject", "fold-no-policy", "a policy may not be missing", &log);
    let mut log = Log::default();
    log.push(Body::Charter(sample::charter()), &key(4));
    add("reject", "fold-wrong-root", "a charter by a steward is not the community's", &log);
    let mut log = herons.clone();
    log.items[2]["salt"] = vector::to_hex([0xff; 32]);
    add("reject", "fold-wrong-salt", "not the statement that the entry commits to", &log);
    vector::rewrite("community", &drafts);
}
