//! What became of the chats.

use super::Drafted;
use crate::error::{CliError, Kind};
use crate::exports::Files;
use crate::output::{Page, Report};
use crate::text::{count, printable, shorten};
use serde::Serialize;
use sheaf_node::book::{ChatId, Record};
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::id::CommunityId;

/// The result of `sheaf contribute`.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    community: CommunityId,
    name: String,
    pub(super) dry_run: bool,
    pub(super) given: Vec<Given>,
    pub(super) refused: Vec<Refused>,
    /// The terms, as they were shown.
    shown: Vec<String>,
    #[serde(flatten)]
    read: Files,
}

/// A chat that was given, now or before.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    id: Option<ChatId>,
    title: Option<String>,
    state: GivenState,
    /// Its index in the log.
    index: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum GivenState {
    Logged,
    /// Signed in an earlier run, logged in this one.
    Resumed,
    Pending,
    /// At the node, whose acknowledgement is still missing; the next run asks again.
    Arrived,
    GivenBefore,
    WouldBeGiven,
}

/// A chat that was not given.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    title: Option<String>,
    reason: String,
}

impl Outcome {
    pub(super) fn new(info: &CommunityInfo, read: Files, dry_run: bool) -> Self {
        Self {
            community: info.id(),
            name: info.name().to_owned(),
            dry_run,
            given: Vec::new(),
            refused: Vec::new(),
            shown: Vec::new(),
            read,
        }
    }

    /// Whether this run told of the chat already: it sent again what an earlier one had signed.
    pub(super) fn names(&self, id: &ChatId) -> bool {
        self.given.iter().any(|given| given.id.as_ref() == Some(id))
    }

    /// Notes what a dry run would give.
    pub(super) fn would_give(&mut self, drafted: &[Drafted]) {
        self.shown = drafted.first().map(|first| first.draft.shown.clone()).unwrap_or_default();
        self.given.extend(drafted.iter().map(|drafted| Given {
            id: None,
            title: drafted.draft.title.clone(),
            state: GivenState::WouldBeGiven,
            index: None,
        }));
    }

    /// A failure, if everything was refused.
    ///
    /// # Errors
    /// [`Kind::Refused`].
    pub(super) fn verdict(&self) -> Result<(), CliError> {
        match self.refused.first() {
            Some(first) if self.given.is_empty() => {
                Err(CliError::new(Kind::Refused, format!("no chat was given: {}", first.reason))
                    .hint("`sheaf policy show` says what the community accepts"))
            }
            _ => Ok(()),
        }
    }

    fn in_state(&self, state: GivenState) -> u64 {
        self.given.iter().filter(|given| given.state == state).count() as u64
    }
}

impl Given {
    pub(super) fn logged(record: &Record, index: u64) -> Self {
        Self::of(record, GivenState::Logged, Some(index))
    }

    pub(super) fn resumed(record: &Record, index: u64) -> Self {
        Self::of(record, GivenState::Resumed, Some(index))
    }

    pub(super) fn pending(record: &Record) -> Self {
        Self::of(record, GivenState::Pending, None)
    }

    pub(super) fn arrived(record: &Record) -> Self {
        Self::of(record, GivenState::Arrived, None)
    }

    pub(super) fn before(id: &ChatId, chat: &Chat) -> Self {
        let state = GivenState::GivenBefore;
        Self { id: Some(id.clone()), title: chat.title.clone(), state, index: None }
    }

    fn of(record: &Record, state: GivenState, index: Option<u64>) -> Self {
        Self { id: Some(record.id()), title: record.title.clone(), state, index }
    }

    fn line(&self) -> String {
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
            (GivenState::GivenBefore, _) => "given before".into(),
            (GivenState::WouldBeGiven, _) => "would be given".into(),
        };
        format!("  {id:<10}  {state:<16}  {}", shorten(&title, 60))
    }
}

impl Refused {
    pub(super) fn new(title: Option<String>, reason: impl ToString) -> Self {
        Self { title, reason: reason.to_string() }
    }
}

/// Chats that were refused one after another for the same reason.
fn refused_line(alike: &[Refused]) -> String {
    let reason = alike.first().map(|first| printable(&first.reason)).unwrap_or_default();
    match alike {
        [Refused { title: Some(title), .. }] => {
            format!("  not given: {}: {reason}", printable(title))
        }
        _ => format!("  not given: {}: {reason}", count(alike.len() as u64, "chat")),
    }
}

impl Report for Outcome {
    fn page(&self, page: &mut Page) {
        self.read.page(page);
        self.given.iter().for_each(|given| page.line(given.line()));
        for alike in self.refused.chunk_by(|one, next| one.reason == next.reason) {
            let line = refused_line(alike);
            page.line(page.style.yellow(&line));
        }
        let name = printable(&self.name);
        if self.dry_run {
            let number = count(self.in_state(GivenState::WouldBeGiven), "chat");
            page.line(format_args!("Nothing was signed or sent. {number} would go to \"{name}\"."));
            return;
        }
        let logged = self.in_state(GivenState::Logged) + self.in_state(GivenState::Resumed);
        if logged == 0 {
            page.line(format_args!("Nothing new is in the log of \"{name}\"."));
            return;
        }
        let done = format!("{} in the log of \"{name}\".", count(logged, "chat"));
        page.line(page.style.green(&done));
        page.aside("`sheaf chats` shows where they are; `sheaf withdraw ID` takes one back.");
    }
}
