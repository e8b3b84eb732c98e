use super::records::RecordError;
use crate::limits::{
    IMPORT_ENTRIES_MAX, IMPORT_FOLDER_DEPTH_MAX, IMPORT_HELD_BYTES_MAX, IMPORT_RATIO_MAX,
};
use sheaf_protocol::chat::{Chat, ChatError};
use sheaf_protocol::dataset::RowError;
use std::collections::BTreeMap;
use std::io;

/// A chat that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The identifier that the tool gave it.
    pub source_id: Option<String>,
    /// Its place in the file, counted from 1.
    pub position: usize,
    /// The chat, valid.
    pub chat: Chat,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Report {
    /// The format that was recognised, in words.
    pub format: &'static str,
    /// Chats read.
    pub chats: u64,
    /// Records that could not be read: the first [`IMPORT_PROBLEMS_MAX`] of them.
    ///
    /// [`IMPORT_PROBLEMS_MAX`]: crate::limits::IMPORT_PROBLEMS_MAX
    pub skipped: Vec<Problem>,
    /// How many records could not be read, all told.
    pub skipped_count: u64,
    /// What the normal form cannot carry, in words, and how often it was met.
    pub dropped: BTreeMap<String, u64>,
    /// Why reading ended before the input did.
    pub broken: Option<ImportError>,
}

/// A record that could not be read.
#[derive(Debug)]
pub struct Problem {
    /// Its place in the file, counted from 1.
    pub position: usize,
    /// Its title or identifier, if so much could be read.
    pub title: Option<String>,
    /// What is wrong with it.
    pub reason: SkipReason,
}

/// Why one record is not a chat.
#[derive(Debug, thiserror::Error)]
pub enum SkipReason {
    /// Longer than a record may be, or cut off by the end of the file.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Not JSON, or JSON nested too deeply; line and column count from the record's beginning.
    #[error("not readable as JSON: {0}")]
    Json(serde_json::Error),
    /// Text with half of a surrogate pair, which is no character: a tool cut an emoji in two.
    #[error("half of a character (a lone surrogate) at line {line}, column {column}")]
    Surrogate {
        /// Counted from the record's beginning.
        line: usize,
        /// Of the escape.
        column: usize,
    },
    /// JSON, but not of the format that the rest of the file has.
    #[error("not a conversation of a known format")]
    Unrecognised,
    /// A field has another type than the format says.
    #[error("{field} is not {expected}")]
    Shape {
        /// Where.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A role that is none of system, developer, user, assistant, tool.
    #[error("message {message} has the unknown role “{role}”")]
    Role {
        /// Which message: its number from 1, or its identifier.
        message: String,
        /// The role.
        role: String,
    },
    /// Messages that follow each other in a circle.
    #[error("{0} messages follow each other in a circle")]
    Circle(usize),
    /// What was read breaks a rule of the normal form: most often, nothing is said in it.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// A row of a dataset that is not in its one form.
    #[error(transparent)]
    Row(#[from] RowError),
}

impl SkipReason {
    pub(super) fn from_json(error: serde_json::Error) -> Self {
        // serde_json has no code for these two; a test holds its words.
        let text = error.to_string();
        if text.starts_with("unexpected end of hex escape") || text.contains("surrogate") {
            return Self::Surrogate { line: error.line(), column: error.column() };
        }
        Self::Json(error)
    }
}

/// Why an input cannot be imported, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Io(#[source] io::Error),
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// An archive of a kind that is not opened, or within another.
    #[error("this is a {kind} archive: unpack it first and import what is inside")]
    Packed {
        /// Which kind.
        kind: &'static str,
    },
    /// Not an export that can be read here.
    #[error(
        "format not recognised (looks like {looks_like}); \
         the member's guide lists the exports that can be imported"
    )]
    NotRecognised {
        /// What it seems to be.
        looks_like: &'static str,
    },
    /// Nothing in the file could be read.
    #[error("the file cannot be read as JSON or JSONL: {reason}")]
    NotReadable {
        /// What is wrong with its first record.
        reason: SkipReason,
    },
    /// Cut short, as a download that was broken off.
    #[error("the {kind} file ends too early; what came before was read: get it once more, whole")]
    Cut {
        /// What is cut.
        kind: &'static str,
    },
    /// Not what it claims to be.
    #[error("the {kind} file is damaged: {reason}")]
    Damaged {
        /// What is damaged.
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Of a kind that is read from its end, larger than [`IMPORT_HELD_BYTES_MAX`], and not a file of
    /// its own.
    #[error(
        "a {kind} file of more than {} MiB can be read only by itself: save it, unpacked, and name \
         that file",
        IMPORT_HELD_BYTES_MAX / 1024 / 1024
    )]
    NotAlone {
        /// Which kind.
        kind: &'static str,
    },
    /// Needs a password.
    #[error("it is encrypted: unpack it with its password first")]
    Encrypted,
    /// Compressed in a way that is not read here.
    #[error("it is compressed by method {0}, which is not read here: unpack it first")]
    Method(u16),
    /// A symbolic link.
    #[error("it is a symbolic link, which is not followed: name the file itself")]
    Link,
    /// Entries of an archive that share their bytes, or reach beyond it.
    #[error("entries of the archive overlap: it was made to harm, or is damaged")]
    Overlapping,
    /// Entries of an archive that share a name.
    #[error(
        "entries of the archive have the same name, and only the last was read: unpack it first"
    )]
    SameNames,
    /// Unpacks to more than an honest file does.
    #[error(
        "it unpacks to more than {IMPORT_RATIO_MAX} times its size, as no chats do; the rest was not \
         read: if you trust it, unpack it first"
    )]
    Bomb,
    /// Too many files at once.
    #[error("more than {IMPORT_ENTRIES_MAX} files: import them in parts")]
    TooMany,
    /// Folders within folders without end.
    #[error("folders lie more than {IMPORT_FOLDER_DEPTH_MAX} deep: name the one with the chats")]
    TooDeep,
    /// An archive or a folder with none.
    #[error("no chats in it: the member's guide lists the exports that can be imported")]
    NoChats,
}

impl From<io::Error> for ImportError {
    /// Readers of archives hand their own errors through [`io::Error`].
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Io)
    }
}

impl From<ImportError> for io::Error {
    fn from(error: ImportError) -> Self {
        Self::other(error)
    }
}
