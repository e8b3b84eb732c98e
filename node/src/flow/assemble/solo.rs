//! Rows before their groups are known: each chat as if no other said the same.

use super::error::{BuildError, FileError, at};
use super::lines::LineReader;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::dataset::{
    DedupeKey, Duplicate, Groups, LeftOut, LeftOutReason, Placed, Position, Row, RowTerms,
};
use sheaf_protocol::limits::ROW_BYTES_MAX;
use sheaf_protocol::seal::{self, ChatKey, Expected};
use sheaf_protocol::verify::{LiveChat, attribution};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A chat that was opened, or could not be.
#[derive(Debug)]
pub(super) enum Opened {
    Row { line: String, key: DedupeKey },
    LeftOut(LeftOutReason),
}

/// Opens a chat, checks it against its manifest, and makes its row.
pub(super) fn open_chat(position: Position, live: &LiveChat, key: &ChatKey, blob: &[u8]) -> Opened {
    let manifest = &live.manifest;
    let expected = Expected {
        hash: Some(manifest.blob.hash),
        plain_bytes: manifest.blob.plain_bytes,
        commitment: manifest.commitment,
        check: manifest.check,
    };
    let plain = seal::open(key, &position.community, &live.signer, blob, &expected);
    let chat = plain.ok().and_then(|plain| Chat::from_cbor(&plain).ok());
    let Some(chat) = chat else { return Opened::LeftOut(LeftOutReason::Unreadable) };
    let dedupe = DedupeKey::of(&chat);
    let row = Row {
        position,
        entry: live.entry,
        opening: key.opening(),
        terms: live.terms.clone(),
        attribution: attribution(&manifest.consent.attribution).map(str::to_owned),
        labels: manifest.labels.clone(),
        policy: live.policy,
        duplicates: Vec::new(),
        chat,
    };
    Opened::Row { line: row.to_line(), key: dedupe }
}

/// The chats so far: lines in a file, and of each only where it stands.
#[derive(Debug)]
pub(super) struct Solo {
    path: PathBuf,
    file: BufWriter<File>,
    groups: Groups,
    places: Vec<Place>,
    members: BTreeMap<u64, Vec<Member>>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug)]
struct Place {
    position: Position,
    is_row: bool,
}

/// A chat that says the same as an earlier one.
#[derive(Debug)]
struct Member {
    terms: RowTerms,
    duplicate: Duplicate,
}

impl Solo {
    pub(super) fn create(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join("solo.jsonl");
        let file = File::create(&path).map(BufWriter::new).map_err(at(&path))?;
        Ok(Self {
            path,
            file,
            groups: Groups::default(),
            places: Vec::new(),
            members: BTreeMap::new(),
            left_out: Vec::new(),
        })
    }

    /// The next chat, in the order of rows.
    pub(super) fn push(
        &mut self,
        position: Position,
        live: &LiveChat,
        opened: Opened,
    ) -> Result<(), FileError> {
        let Position { community, index } = position;
        let (line, key) = match opened {
            Opened::Row { line, key } => (line, key),
            Opened::LeftOut(reason) => {
                self.left_out.push(LeftOut { community, index, reason });
                return Ok(());
            }
        };
        let placed = self.groups.push(key, self.places.len() as u64);
        self.places.push(Place { position, is_row: placed == Placed::Representative });
        if let Placed::DuplicateOf(first) = placed {
            let name = attribution(&live.manifest.consent.attribution).map(str::to_owned);
            let duplicate = Duplicate { community, index, attribution: name };
            let member = Member { terms: live.terms.clone(), duplicate };
            self.members.entry(first).or_default().push(member);
        }
        writeln!(self.file, "{line}").map_err(at(&self.path))
    }

    pub(super) fn row_count(&self) -> u64 {
        self.places.iter().filter(|place| place.is_row).count() as u64
    }

    pub(super) fn duplicate_count(&self) -> u64 {
        self.places.len() as u64 - self.row_count()
    }

    /// Gives each row its group's terms and hands it on; removes the file.
    pub(super) fn into_rows(
        mut self,
        left_out: &mut Vec<LeftOut>,
        mut each: impl FnMut(Position, &str) -> Result<(), FileError>,
    ) -> Result<(), BuildError> {
        self.file.flush().map_err(at(&self.path))?;
        left_out.append(&mut self.left_out);
        let mut lines = LineReader::open(&self.path, ROW_BYTES_MAX)?;
        for (number, place) in (0..).zip(&self.places) {
            let Some(Ok(line)) = lines.next()? else { break };
            match self.members.remove(&number) {
                Some(members) => each(place.position, &grouped(&line, members))?,
                None if place.is_row => each(place.position, &line)?,
                None => {}
            }
        }
        drop(lines);
        Ok(fs::remove_file(&self.path).map_err(at(&self.path))?)
    }
}

impl Solo {
    /// Writes the rows alone to a file.
    pub(super) fn write_lines(self, path: &Path) -> Result<(), BuildError> {
        let mut file = File::create(path).map(BufWriter::new).map_err(at(path))?;
        self.into_rows(&mut Vec::new(), |_, line| writeln!(file, "{line}").map_err(at(path)))?;
        Ok(file.flush().map_err(at(path))?)
    }
}

/// The row that stands for its group.
fn grouped(line: &str, members: Vec<Member>) -> String {
    // We wrote the line ourselves a moment ago.
    let Ok(mut row) = Row::from_line(line) else { return line.to_owned() };
    let all: Vec<_> = members.iter().map(|member| &member.terms).chain([&row.terms]).collect();
    if let Some(strictest) = RowTerms::strictest(all) {
        row.terms = strictest;
    }
    row.duplicates = members.into_iter().map(|member| member.duplicate).collect();
    row.to_line()
}
