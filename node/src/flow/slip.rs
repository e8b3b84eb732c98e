//! The consent slip: what a member keeps of one chat, or of their membership, checkable without
//! network and without trust in the node.
//!
//! A JSON file. It proves: who signed which terms for which bytes; that the community's log holds
//! exactly that statement at this index; which policy it was signed under. It attests only: the
//! sentences that were shown, and that the policy was the one in force. Whatever is changed in a
//! slip is refused, or it is one of those sentences and [`SlipVerdict::remarks`] names it.

use crate::client::{CheckError, CommunityInfo, check_charter, check_logged, check_policy};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sheaf_protocol::{
    cbor::Bytes,
    exchange::{Logged, Salted},
    id::{CommunityId, PublicKey, Salt, TreeHash},
    policy::Policy,
    sign::SignedError,
    statement::{Body, Consent, Kind, Labels, SignedStatement},
    time::Time,
};

/// The only format of a slip.
const FORMAT: &str = "sheaf/slip/1";

/// A consent slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slip {
    format: String,
    /// Who was given to.
    community: CommunityId,
    name: String,
    /// The sentences shown before signing.
    shown: Vec<String>,
    #[serde(with = "hex")]
    statement: Vec<u8>,
    index: u64,
    #[serde(with = "hex")]
    entry: Vec<u8>,
    salt: Salt,
    checkpoint: String,
    inclusion: Vec<TreeHash>,
    #[serde(with = "hex")]
    charter: Vec<u8>,
    /// Absent if the policy signed under was no longer shown when the acknowledgement came.
    policy: Option<SlipPolicy>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlipPolicy {
    salt: Salt,
    #[serde(with = "hex")]
    statement: Vec<u8>,
}

/// What a slip proves, and what it only says.
#[derive(Debug, Clone)]
pub struct SlipVerdict {
    /// The community.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// What was signed: a manifest or a membership.
    pub kind: Kind,
    /// Who signed.
    pub signer: PublicKey,
    /// The key that takes it back.
    pub control: Option<PublicKey>,
    /// The terms of a chat.
    pub consent: Option<Consent>,
    /// What its member says about it.
    pub labels: Option<Labels>,
    /// The policy signed under, if the slip holds it.
    pub policy: Option<Policy>,
    /// Index in the log.
    pub index: u64,
    /// When the log's key last vouched for the log as it then was.
    pub logged_at: Time,
    /// Follows from the bytes of the slip.
    pub proved: Vec<String>,
    /// Written in the slip, and beyond proof.
    pub attested: Vec<String>,
    /// What is not as this release would have written it.
    pub remarks: Vec<String>,
}

/// Why a file is not a slip, or proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum SlipError {
    /// Not the JSON of a slip.
    #[error("this is not a consent slip: {0}")]
    Json(#[from] serde_json::Error),
    /// A slip of another version.
    #[error("this slip has the format {0:?}; this release reads {FORMAT:?}")]
    Format(String),
    /// The member's own signature does not hold.
    #[error("the statement in the slip does not verify: {0}")]
    Statement(SignedError),
    /// The statement is about another community than the slip.
    #[error("the statement in the slip is for another community")]
    OtherCommunity,
    /// The community's charter names it otherwise than the slip.
    #[error("the slip says \"{said}\", but the community's charter says \"{name}\"")]
    OtherName {
        /// What the slip says.
        said: String,
        /// What the charter says.
        name: String,
    },
    /// What the node gave does not hold.
    #[error("what the node acknowledged does not hold: {0}")]
    Check(#[from] CheckError),
}

impl Slip {
    /// The slip of an acknowledged statement. The acknowledgement must have been checked.
    pub fn new(
        info: &CommunityInfo,
        statement: &SignedStatement,
        logged: &Logged,
        shown: Vec<String>,
    ) -> Self {
        let said = info.said();
        let same = statement.content().policy == Some(info.policy_ref());
        let policy = same.then(|| SlipPolicy {
            salt: said.policy_statement.salt,
            statement: said.policy_statement.statement.0.clone(),
        });
        Self {
            format: FORMAT.to_owned(),
            community: info.id(),
            name: info.name().to_owned(),
            shown,
            statement: statement.bytes().to_vec(),
            index: logged.index,
            entry: logged.entry.0.clone(),
            salt: logged.salt,
            checkpoint: logged.checkpoint.clone(),
            inclusion: logged.inclusion.clone(),
            charter: said.charter.statement.0.clone(),
            policy,
        }
    }

    /// The file.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, integers and lists: nothing that JSON could refuse.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    fn check(self) -> Result<SlipVerdict, SlipError> {
        let statement = SignedStatement::verify(&self.statement).map_err(SlipError::Statement)?;
        let content = statement.content();
        if content.community != self.community {
            return Err(SlipError::OtherCommunity);
        }
        let (charter_statement, charter) =
            check_charter(&self.community, content.epoch, &self.charter)?;
        let logged = self.logged();
        let head = check_logged(&self.community, &charter.log_key, &statement, &logged)?;
        let policy = match (&self.policy, &content.policy) {
            (Some(given), Some(entry)) => Some(check_policy(
                (&charter_statement, &charter),
                entry,
                &Salted { salt: given.salt, statement: Bytes(given.statement.clone()) },
            )?),
            _ => None,
        };
        if charter.name != self.name {
            return Err(SlipError::OtherName { said: self.name, name: charter.name });
        }
        let size = head.checkpoint().size;
        let (consent, labels) = of_chat(&statement).unzip();
        let mut verdict = SlipVerdict {
            community: self.community,
            name: charter.name,
            kind: content.kind(),
            signer: statement.signer(),
            control: content.entry_fields().0,
            consent,
            labels,
            policy,
            index: self.index,
            logged_at: head.cosigned_at(),
            proved: Vec::new(),
            attested: self.shown,
            remarks: Vec::new(),
        };
        verdict.proved = verdict.sentences(size);
        verdict.remarks.extend(verdict.other_words().map(str::to_owned));
        Ok(verdict)
    }

    fn logged(&self) -> Logged {
        Logged {
            index: self.index,
            entry: Bytes(self.entry.clone()),
            salt: self.salt,
            checkpoint: self.checkpoint.clone(),
            inclusion: self.inclusion.clone(),
            already: false,
        }
    }
}

impl SlipVerdict {
    fn sentences(&self, size: u64) -> Vec<String> {
        let mut proved = vec![
            format!("{} signed this {}.", self.signer, self.what()),
            format!(
                "The log of \"{}\" ({}) held it as entry {} of {size} at {}.",
                self.name, self.community, self.index, self.logged_at
            ),
        ];
        if let Some(consent) = &self.consent {
            proved.extend(super::contribute::consent_sentences(consent));
        }
        if let Some(labels) = &self.labels {
            proved.push(format!("Labels: {}.", super::contribute::label_words(labels)));
        }
        if let Some(policy) = &self.policy {
            proved.push(format!("It was signed under the policy \"{}\".", policy.title));
        }
        proved
    }

    /// What was signed, in the words of a screen.
    fn what(&self) -> String {
        match self.consent {
            Some(_) => "contribution record".into(),
            None => self.kind.to_string(),
        }
    }

    /// Where the sentences kept are not known to be those that belong to what was signed.
    fn other_words(&self) -> Option<&'static str> {
        let Some(policy) = &self.policy else {
            return Some(
                "The slip does not hold the policy it was signed under, so the sentences kept as \
                 shown could not be compared with it.",
            );
        };
        let expected = match (&self.consent, &self.labels) {
            (Some(consent), Some(labels)) => {
                super::contribute::shown(&self.name, policy, consent, labels)
            }
            _ => joining(&self.name, policy),
        };
        (self.attested != expected).then_some(
            "The sentences kept as shown are not those that this release shows for what was \
             signed: another release wrote them, or somebody changed them. Believe what is proved.",
        )
    }
}

/// What is shown to whoever joins a community.
pub(super) fn joining(name: &str, policy: &Policy) -> Vec<String> {
    let first = format!("You join \"{name}\" under its policy \"{}\".", policy.title);
    std::iter::once(first).chain(policy.sentences()).collect()
}

fn of_chat(statement: &SignedStatement) -> Option<(Consent, Labels)> {
    match &statement.content().body {
        Body::Manifest(manifest) => Some((manifest.consent.clone(), manifest.labels.clone())),
        _ => None,
    }
}

/// Checks a slip from its bytes alone.
///
/// # Errors
/// [`SlipError`].
pub fn verify_slip(bytes: &[u8]) -> Result<SlipVerdict, SlipError> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
    }
    let Head { format } = serde_json::from_slice(bytes)?;
    if format != FORMAT {
        return Err(SlipError::Format(format));
    }
    let slip = serde_json::from_slice::<Slip>(bytes)?;
    let as_written = slip.to_json() == bytes;
    let mut verdict = slip.check()?;
    if !as_written {
        let remark = "The file is not byte for byte as it was written (blanks, line breaks or the \
                      way characters are written differ). What it says was checked as it is now.";
        verdict.remarks.push(remark.into());
    }
    Ok(verdict)
}

/// Bytes as lowercase hexadecimal text.
mod hex {
    use super::HEXLOWER;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&HEXLOWER.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        HEXLOWER.decode(String::deserialize(d)?.as_bytes()).map_err(D::Error::custom)
    }
}
