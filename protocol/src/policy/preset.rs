use super::{JoinRule, Policy, ReaderRule, ReplicaRule};
use crate::usage::TRAIN_AI;

/// Policies to begin with, so that nobody has to write one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// A public commons: open licences, anyone may read and replicate.
    Open,
    /// Open, and every chat may be used to train models.
    Research,
    /// Among ourselves: only members and listed partner nodes read, and chats go after a year.
    Circle,
}

const DAY_SECS: u64 = 86_400;

/// What says who or where somebody is whatever stands around it.
const MASKED: [&str; 12] = [
    "email",
    "phone",
    "card",
    "iban",
    "national-id",
    "tax-id",
    "passport",
    "ip",
    "mac",
    "position",
    "wallet",
    "birth-date",
];

/// What is told less surely, and may as well be a public person's.
const FLAGGED: [&str; 2] = ["person", "address"];

impl Policy {
    /// The policy of a preset.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Open => open(),
            Preset::Research => Self {
                title: "Research commons".into(),
                purpose: "Chats for research and for training models. Anyone who accepts this \
                          policy may read and replicate them."
                    .into(),
                must_allow: vec![TRAIN_AI.into()],
                ..open()
            },
            Preset::Circle => Self {
                title: "Circle".into(),
                purpose: "Chats shared among the members of this community and its partner \
                          nodes. Each is erased a year after it was given, or earlier."
                    .into(),
                licences: [
                    "CC-BY-NC-SA-4.0",
                    "CC-BY-NC-4.0",
                    "CC-BY-SA-4.0",
                    "CC-BY-4.0",
                    "CC0-1.0",
                ]
                .map(String::from)
                .to_vec(),
                age_days_max: Some(365),
                replicas: ReplicaRule::Listed,
                readers: ReaderRule::Peers,
                ..open()
            },
        }
    }
}

fn open() -> Policy {
    Policy {
        title: "Open commons".into(),
        purpose: "Chats for everyone: to read, study and build on. Anyone who accepts this \
                  policy may read and replicate them."
            .into(),
        licences: ["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"].map(String::from).to_vec(),
        usage: String::new(),
        must_allow: Vec::new(),
        age_days_max: None,
        chat_bytes_max: 16 * 1024 * 1024,
        join: JoinRule::Invitation,
        replicas: ReplicaRule::Anyone,
        replica_keys: Vec::new(),
        readers: ReaderRule::Public,
        head_age_max_secs: DAY_SECS,
        erase_within_secs: 7 * DAY_SECS,
        mask: MASKED.map(String::from).to_vec(),
        flag: FLAGGED.map(String::from).to_vec(),
    }
}
