//! A policy in plain words, for whoever is about to accept it.

use super::{JoinRule, Policy, ReaderRule, ReplicaRule};

impl Policy {
    /// What it says, one plain sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = vec![
            join(self.join).to_owned(),
            format!("A chat is given under one of these licences: {}.", self.licences.join(", ")),
        ];
        sentences.extend(
            self.must_allow.iter().map(|label| {
                format!("A chat whose usage preference says {label}=n is not accepted.")
            }),
        );
        if !self.usage.is_empty() {
            sentences.push(format!(
                "For every chat the community adds the preference {}; a no always wins.",
                self.usage
            ));
        }
        sentences.extend([
            self.age(),
            format!("A chat has at most {}.", bytes(self.chat_bytes_max)),
            self.replica_sentence(),
            readers(self.readers).to_owned(),
            format!(
                "Whoever holds chats erases a withdrawn one within {}, and hands out chat keys \
                 only after hearing from this community within the last {}.",
                duration(self.erase_within_secs),
                duration(self.head_age_max_secs)
            ),
        ]);
        sentences
    }

    /// How `other` differs from this policy: lines that begin with "- " are no longer so, those
    /// with "+ " are new. Empty if they are the same.
    pub fn diff(&self, other: &Self) -> Vec<String> {
        let (before, after) = (self.lines(), other.lines());
        let gone =
            before.iter().filter(|line| !after.contains(line)).map(|line| format!("- {line}"));
        let new =
            after.iter().filter(|line| !before.contains(line)).map(|line| format!("+ {line}"));
        gone.chain(new).collect()
    }

    fn lines(&self) -> Vec<String> {
        let mut lines =
            vec![format!("Title: {}", self.title), format!("Purpose: {}", self.purpose)];
        lines.extend(self.sentences());
        lines.extend(self.replica_keys.iter().map(|key| format!("Partner node: {key}")));
        lines
    }

    fn age(&self) -> String {
        match self.age_days_max {
            None => "A chat may be held until its member takes it back, or to the last day they \
                     choose."
                .into(),
            Some(days) => {
                format!("A chat is erased at the latest {days} days after it was signed.")
            }
        }
    }

    fn replica_sentence(&self) -> String {
        match self.replicas {
            ReplicaRule::Anyone => "Any node that accepts this policy may hold the chats.".into(),
            ReplicaRule::Listed if self.replica_keys.is_empty() => {
                "No other node may hold the chats.".into()
            }
            ReplicaRule::Listed => {
                format!(
                    "Only listed partner nodes may hold the chats ({}).",
                    self.replica_keys.len()
                )
            }
        }
    }
}

fn join(rule: JoinRule) -> &'static str {
    match rule {
        JoinRule::Invitation => "Whoever has a steward's invitation may become a member.",
        JoinRule::Open => "Anyone may become a member.",
        JoinRule::Closed => "Nobody may become a member any more.",
    }
}

fn readers(rule: ReaderRule) -> &'static str {
    match rule {
        ReaderRule::Public => "Anyone who accepts this policy may read the chats.",
        ReaderRule::Peers => "Only members and partner nodes may read the chats.",
        ReaderRule::Sealed => "Nobody may read the chats without a grant from the stewards.",
    }
}

/// A size in the largest unit that divides it.
fn bytes(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

/// A time in the largest unit that divides it.
fn duration(secs: u64) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (unit, name) =
        units.into_iter().find(|(unit, _)| secs.is_multiple_of(*unit)).unwrap_or((1, "second"));
    let count = secs / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
