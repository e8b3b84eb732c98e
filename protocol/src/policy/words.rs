//! A policy in plain words, for whoever is about to accept it.

use super::{JoinRule, Policy, ReaderRule, ReplicaRule};

/// What a sentence of a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Who becomes a member.
    Joining,
    /// Under which licences a chat is given.
    Licence,
    /// What machines may do with a chat.
    Usage,
    /// What becomes of what is private in a chat.
    Privacy,
    /// How long a chat is held.
    Expiry,
    /// How large a chat may be.
    Size,
    /// Who holds and who reads the chats.
    Readers,
    /// What becomes of a chat that is taken back.
    Erasing,
}

impl Topic {
    /// All, in the order in which a policy speaks of them.
    pub const ALL: [Self; 8] = [
        Self::Joining,
        Self::Licence,
        Self::Usage,
        Self::Privacy,
        Self::Expiry,
        Self::Size,
        Self::Readers,
        Self::Erasing,
    ];
}

impl Policy {
    /// What it says, one plain sentence each.
    pub fn sentences(&self) -> Vec<String> {
        Topic::ALL.into_iter().flat_map(|topic| self.sentences_on(topic)).collect()
    }

    /// What it says about one topic; nothing, where it leaves that to each member.
    pub fn sentences_on(&self, topic: Topic) -> Vec<String> {
        match topic {
            Topic::Joining => vec![join(self.join).to_owned()],
            Topic::Licence => {
                let licences = self.licences.join(", ");
                vec![format!("A chat is given under one of these licences: {licences}.")]
            }
            Topic::Usage => self.usage_sentences(),
            Topic::Privacy => self.privacy_sentences(),
            Topic::Expiry => vec![self.age()],
            Topic::Size => vec![format!("A chat has at most {}.", bytes(self.chat_bytes_max))],
            Topic::Readers => vec![self.replica_sentence(), readers(self.readers).to_owned()],
            Topic::Erasing => vec![format!(
                "Whoever holds chats erases a withdrawn one within {}, and hands out chat keys \
                 only after hearing from this community within the last {}.",
                duration(self.erase_within_secs),
                duration(self.head_age_max_secs)
            )],
        }
    }

    fn usage_sentences(&self) -> Vec<String> {
        let refused = self
            .must_allow
            .iter()
            .map(|label| format!("A chat whose usage preference says {label}=n is not accepted."));
        let added = (!self.usage.is_empty()).then(|| {
            format!(
                "For every chat the community adds the preference {}; a no always wins.",
                self.usage
            )
        });
        refused.chain(added).collect()
    }

    fn privacy_sentences(&self) -> Vec<String> {
        let secrets = "A chat with a password, key or other secret in it is held back, unless its \
                       member insists.";
        let masked = (!self.mask.is_empty()).then(|| {
            format!("Before a chat is given, this is masked in it: {}.", kinds(&self.mask))
        });
        let flagged = (!self.flag.is_empty()).then(|| {
            format!("This is pointed out, and left to its member: {}.", kinds(&self.flag))
        });
        let found = match self.mask.is_empty() && self.flag.is_empty() {
            true => "a secret",
            false => "any of this or a secret",
        };
        let review = format!(
            "A chat in which the community's node still finds {found} waits until a steward has \
             looked at it."
        );
        [Some(secrets.to_owned()), masked, flagged, Some(review)].into_iter().flatten().collect()
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

fn kinds(names: &[String]) -> String {
    names.iter().map(|name| private_kind_words(name)).collect::<Vec<_>>().join(", ")
}

/// A kind of what is private, as people call it; one that is not known here keeps its name.
pub fn private_kind_words(name: &str) -> &str {
    match name {
        "email" => "e-mail addresses",
        "phone" => "telephone numbers",
        "card" => "payment cards",
        "iban" => "bank accounts",
        "national-id" => "national identity numbers",
        "tax-id" => "tax numbers",
        "passport" => "passport numbers",
        "ip" => "IP addresses",
        "mac" => "hardware addresses",
        "address" => "postal addresses",
        "position" => "positions on earth",
        "wallet" => "wallet addresses",
        "birth-date" => "birth dates",
        "person" => "names of people",
        "private-key" => "private keys",
        "recovery-words" => "recovery words",
        "api-key" => "API keys",
        "token" => "tokens",
        "cookie" => "cookies",
        "url-password" => "passwords in URLs",
        "password" => "passwords",
        "private" => "what the member named",
        other => other,
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
