use crate::id::CommunityId;
use crate::statement::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a researcher asks for. An empty list asks for nothing in particular.
///
/// Every condition is on fields of the signed manifest, never on the text of a chat, so that
/// anyone can run the selection again and see that nothing was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipe {
    /// What the dataset is for, in the researcher's own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// The communities to take chats from.
    pub communities: Vec<Source>,
    /// SPDX identifiers: a chat's licence must be usable under these alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<String>,
    /// What the usage preference must say, by label of the vocabulary (`train-ai`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub usage: BTreeMap<String, Need>,
    /// BCP 47 tags: the chat must carry one of them, or a narrower one (`en` takes `en-GB`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// The chat must carry one of these judgements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// The chat must carry all of these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fewest messages, over all branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_min: Option<u32>,
    /// Most messages, over all branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_max: Option<u32>,
}

/// A community, and where its node can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Source {
    /// The community.
    pub id: CommunityId,
    /// Addresses (multiaddresses); not looked at when a dataset is verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// What a recipe needs a usage preference to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// It says y.
    Granted,
    /// It says y, or nothing.
    NotForbidden,
}
