//! What became of one chat.

use super::drafting::Drafted;
use crate::text::{printable, shorten};
use serde::Serialize;
use sheaf_node::book::{ChatId, CommunityBook, Record, State};
use sheaf_protocol::chat::Chat;
use sheaf_protocol::statement::{Labels, Scrubbed, Verdict};
use std::path::PathBuf;

/// A chat that was given, now or before.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    id: Option<ChatId>,
    title: Option<String>,
    pub(super) state: GivenState,
    /// Its index in the log.
    index: Option<u64>,
    /// Where its consent slip lies.
    pub(super) slip: Option<PathBuf>,
    /// In a dry run: what would be said of it.
    labels: Option<Said>,
    /// Whether something else was masked in it when it was given before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) other_masks: bool,
}

/// Labels that a member can choose, and what was found that is private.
#[derive(Debug, Serialize)]
struct Said {
    verdict: Option<Verdict>,
    tags: Vec<String>,
    languages: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scrubbed: Vec<Scrubbed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum GivenState {
    Logged,
    /// Signed in an earlier run, logged in this one.
    Resumed,
    Pending,
    /// At the node, whose acknowledgement is still missing; the next run asks again.
    Arrived,
    GivenBefore,
    /// Given before and taken back: it is not given again.
    TakenBack,
    WouldBeGiven,
}

impl Given {
    pub(super) fn logged(book: &CommunityBook, record: &Record, index: u64) -> Self {
        let slip = Some(book.slip_path(&record.id()));
        Self { slip, ..Self::of(record, GivenState::Logged, Some(index)) }
    }

    pub(super) fn resumed(book: &CommunityBook, record: &Record, index: u64) -> Self {
        let state = GivenState::Resumed;
        Self { state, ..Self::logged(book, record, index) }
    }

    pub(super) fn pending(record: &Record) -> Self {
        Self::of(record, GivenState::Pending, None)
    }

    pub(super) fn arrived(record: &Record) -> Self {
        Self::of(record, GivenState::Arrived, None)
    }

    pub(super) fn before(id: &ChatId, state: &State, chat: &Chat) -> Self {
        let (state, index) = match state {
            State::Withdrawing { .. } | State::Withdrawn { .. } => (GivenState::TakenBack, None),
            State::Logged { index } => (GivenState::GivenBefore, Some(*index)),
            _ => (GivenState::GivenBefore, None),
        };
        let (id, title) = (Some(id.clone()), chat.title.clone());
        Self { id, title, state, index, slip: None, labels: None, other_masks: false }
    }

    /// Given before, with something else masked.
    pub(super) fn with_other_masks(self) -> Self {
        Self { other_masks: true, ..self }
    }

    /// The node knows the text, and the book here does not: it was given from another copy of it.
    pub(super) fn known_there(record: &Record) -> Self {
        Self { id: None, ..Self::of(record, GivenState::GivenBefore, None) }
    }

    pub(super) fn would_be(drafted: &Drafted) -> Self {
        let Labels { verdict, tags, languages, scrubbed, .. } = drafted.draft.labels.clone();
        Self {
            id: None,
            title: drafted.draft.title.clone(),
            state: GivenState::WouldBeGiven,
            index: None,
            slip: None,
            labels: Some(Said { verdict, tags, languages, scrubbed }),
            other_masks: false,
        }
    }

    fn of(record: &Record, state: GivenState, index: Option<u64>) -> Self {
        let (id, title) = (Some(record.id()), record.title.clone());
        Self { id, title, state, index, slip: None, labels: None, other_masks: false }
    }

    /// Whether both are of one chat, which is known here.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id.is_some() && self.id == other.id
    }

    pub(super) fn line(&self) -> String {
        let id = self.id.as_ref().map(ChatId::short).unwrap_or_default();
        let title = self.title.as_deref().map_or("(without a title)".into(), printable);
        let state = match (self.state, self.index) {
            (GivenState::Logged, Some(index)) => format!("log entry {index}"),
            (GivenState::Resumed, Some(index)) => {
                format!("log entry {index} (signed in an earlier run)")
            }
            (GivenState::Logged | GivenState::Resumed, None) => "in the log".into(),
            (GivenState::Pending, _) => "waits for review".into(),
            (GivenState::Arrived, _) => "arrived".into(),
            (GivenState::GivenBefore, Some(index)) => format!("given before (log entry {index})"),
            (GivenState::GivenBefore, None) => "given before".into(),
            (GivenState::TakenBack, _) => "taken back before".into(),
            (GivenState::WouldBeGiven, _) => "would be given".into(),
        };
        format!("  {id:<10}  {state:<16}  {}", shorten(&title, 60))
    }
}
