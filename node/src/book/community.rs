use super::{BookError, Bundle, ChatId, FindError, Record, State, counter, file};
use crate::limits::{BOOK_BUNDLE_BYTES_MAX, BOOK_FILE_BYTES_MAX};
use serde::{Deserialize, Serialize};
use sheaf_protocol::{cbor, id::CommunityId, statement::Attribution, time::Day};
use std::{
    ops::Range,
    path::{Path, PathBuf},
};

/// A community as its member remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Where its node is, the one that last answered first.
    pub addresses: Vec<String>,
    /// Whether we are a member there, as far as is known here.
    pub member: bool,
    /// What was chosen last, to be offered again.
    pub choices: Option<Choices>,
}

/// What a member chose for a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The licence expression.
    pub licence: String,
    /// The usage preference.
    pub usage: String,
    /// Under which name.
    pub attribution: Attribution,
    /// How long it may be held; absent: as long as the policy allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Keep>,
}

/// How long a chat may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// So many days from the one on which it is signed.
    Days(u32),
    /// To the end of a day.
    Until(Day),
}

impl Keep {
    /// The last day for what is signed on `today`.
    pub fn last_day(self, today: Day) -> Day {
        match self {
            Self::Days(days) => Day(today.0.saturating_add(days)),
            Self::Until(day) => day,
        }
    }
}

/// The book of one community.
#[derive(Debug, Clone)]
pub struct CommunityBook {
    dir: PathBuf,
    id: CommunityId,
}

impl CommunityBook {
    pub(super) fn new(dir: PathBuf, id: CommunityId) -> Self {
        Self { dir, id }
    }

    /// Which community.
    pub fn id(&self) -> CommunityId {
        self.id
    }

    /// What is remembered of it, if anything is.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn known(&self) -> Result<Option<Known>, BookError> {
        file::read_json(&self.dir.join("community.json"))
    }

    /// Remembers it.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn remember(&self, known: &Known) -> Result<(), BookError> {
        file::write_json(&self.dir.join("community.json"), known)
    }

    /// Takes `count` counters out of use: at most [`COUNTER_RESERVE_MAX`](super::COUNTER_RESERVE_MAX),
    /// so look at the range that comes back.
    ///
    /// # Errors
    /// [`BookError`]: then none of them may be used.
    pub fn reserve(&self, count: u64) -> Result<Range<u64>, BookError> {
        counter::reserve(&self.dir, count)
    }

    /// Takes every counter below `next` out of use.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn advance(&self, next: u64) -> Result<(), BookError> {
        counter::advance(&self.dir, next)
    }

    /// All chats, the latest signed first.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn records(&self) -> Result<Vec<Record>, BookError> {
        let ids = self.chat_ids()?;
        let mut records = ids.iter().map(|id| self.record(id)).collect::<Result<Vec<_>, _>>()?;
        records.sort_by_key(|record| std::cmp::Reverse((record.signed, record.counter)));
        Ok(records)
    }

    /// The one chat whose id begins with `prefix`; `None` of them is an error of its own.
    ///
    /// # Errors
    /// [`BookError`]; the inner error says why the prefix names no chat.
    pub fn find(&self, prefix: &str) -> Result<Result<Record, FindError>, BookError> {
        match ChatId::find(prefix, &self.chat_ids()?) {
            Ok(id) => self.record(id).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// One chat.
    ///
    /// # Errors
    /// [`BookError`], also if there is no such chat.
    pub fn record(&self, id: &ChatId) -> Result<Record, BookError> {
        let path = self.chat_path(id, "json");
        file::read_json(&path)?.ok_or(BookError::Missing { path })
    }

    /// Keeps a chat that is ready to be sent.
    ///
    /// # Errors
    /// [`BookError`]: then it must not be sent.
    pub fn keep(&self, record: &Record, bundle: &Bundle) -> Result<(), BookError> {
        self.place_bundle(record, bundle)?;
        self.keep_placed(std::slice::from_ref(record))
    }

    /// Writes the bundle of a chat that is to be kept. A crash may lose it until
    /// [`keep_placed`](Self::keep_placed) has returned.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn place_bundle(&self, record: &Record, bundle: &Bundle) -> Result<(), BookError> {
        file::place(&self.chat_path(&record.id(), "bundle"), &cbor::to_vec(bundle))
    }

    /// Keeps chats whose bundles were placed: these are made durable first, for a record says that
    /// its bundle is there. The folder is synced twice, however many chats there are.
    ///
    /// # Errors
    /// [`BookError`]: then none of them may be sent.
    pub fn keep_placed(&self, records: &[Record]) -> Result<(), BookError> {
        if records.is_empty() {
            return Ok(());
        }
        let chats = self.chats_dir();
        file::sync_dir(&chats)?;
        for record in records {
            file::place_json(&self.chat_path(&record.id(), "json"), record)?;
        }
        file::sync_dir(&chats)
    }

    /// What is to be sent.
    ///
    /// # Errors
    /// [`BookError`], also if it was acknowledged and dropped.
    pub fn bundle(&self, id: &ChatId) -> Result<Bundle, BookError> {
        self.read_bundle(&self.chat_path(id, "bundle"))
    }

    /// Keeps a slip: the bundle is no longer needed then.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn logged(&self, record: &mut Record, index: u64, slip: &[u8]) -> Result<(), BookError> {
        file::write(&self.slip_path(&record.id()), slip)?;
        self.set_state(record, State::Logged { index })
    }

    /// The slip of a chat, if it was logged.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn slip(&self, id: &ChatId) -> Result<Option<Vec<u8>>, BookError> {
        file::read(&self.slip_path(id), BOOK_FILE_BYTES_MAX)
    }

    /// Where the slip of a chat lies.
    pub fn slip_path(&self, id: &ChatId) -> PathBuf {
        self.chat_path(id, "slip.json")
    }

    /// Changes a chat's state, and drops its bundle when there is nothing more to send.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn set_state(&self, record: &mut Record, state: State) -> Result<(), BookError> {
        record.state = state;
        self.write_record(record)?;
        if record.state.is_open() {
            Ok(())
        } else {
            file::remove(&self.chat_path(&record.id(), "bundle"))
        }
    }

    /// Remembers a chat of which only the control key is known.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn write_record(&self, record: &Record) -> Result<(), BookError> {
        file::write_json(&self.chat_path(&record.id(), "json"), record)
    }

    /// Keeps a membership that is ready to be sent.
    ///
    /// # Errors
    /// [`BookError`]: then it must not be sent.
    pub fn keep_membership(&self, bundle: &Bundle) -> Result<(), BookError> {
        file::write(&self.dir.join("membership.bundle"), &cbor::to_vec(bundle))
    }

    /// The membership that may still have to be sent.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn membership(&self) -> Result<Option<Bundle>, BookError> {
        match self.read_bundle(&self.dir.join("membership.bundle")) {
            Err(BookError::Missing { .. }) => Ok(None),
            read => read.map(Some),
        }
    }

    /// Drops the membership that was to be sent, keeping its slip if it was logged.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn end_membership(&self, slip: Option<&[u8]>) -> Result<(), BookError> {
        if let Some(slip) = slip {
            file::write(&self.membership_slip_path(), slip)?;
        }
        file::remove(&self.dir.join("membership.bundle"))
    }

    /// Where the slip of the membership lies, if it was logged from here.
    pub fn membership_slip_path(&self) -> PathBuf {
        self.dir.join("membership.slip.json")
    }

    fn read_bundle(&self, path: &Path) -> Result<Bundle, BookError> {
        let bytes = file::read(path, BOOK_BUNDLE_BYTES_MAX)?
            .ok_or_else(|| BookError::Missing { path: path.to_owned() })?;
        cbor::from_slice(&bytes).map_err(|error| BookError::damaged(path, error))
    }

    fn chat_ids(&self) -> Result<Vec<ChatId>, BookError> {
        let names = file::names(&self.chats_dir())?;
        let ids = names.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok());
        Ok(ids.collect())
    }

    fn chat_path(&self, id: &ChatId, ending: &str) -> PathBuf {
        self.chats_dir().join(format!("{id}.{ending}"))
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn chats_dir(&self) -> PathBuf {
        self.dir.join("chats")
    }
}
