//! A disk that goes wrong on command.
//!
//! One [`SimDisk`] holds all files of a store, each twice: as the process sees it, and as it would
//! be found after a power cut. What lies between is the list of changes that were not synced. A
//! crash cuts across all files at one instant: of each file's open changes some are kept, some
//! dropped, some torn by sectors; of the folder's open changes a beginning is kept, as file systems
//! with a journal do. The same seed gives the same disk.
//!
//! Modelled on redb's own crash tests (a live and a durable image) and on the questions of Sunlight's
//! failure table: it failed; it failed and was kept; and what is there after a crash.

mod image;
mod stories;

use super::rng::Rng;
use crate::store::disk::Disk;
use crate::store::scan::Finder;
use image::{Change, Image};
use redb::{Builder, Database, DatabaseError, StorageBackend};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a disk keeps or loses as one piece.
const SECTOR: usize = 512;

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails. Of a sync: some of the changes are on the disk, and the system forgets that it
    /// owes the others, as Linux does.
    Fails,
    /// It fails, and was done nevertheless.
    FailsButKept,
    /// It fails half-way.
    Torn,
    /// No space is left.
    NoSpace,
    /// The machine stops during it.
    Stop,
}

/// When the machine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// At the so manieth operation of the disk's life that changes or syncs something.
    Operation(u64),
    /// At the so manieth sync, which does not happen.
    Sync(u64),
}

/// A disk. Clones share it.
#[derive(Clone)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

#[derive(Clone)]
struct State {
    rng: Rng,
    files: Vec<Contents>,
    names: Names,
    durable_names: Names,
    open_names: Vec<Rename>,
    faults: BTreeMap<u64, Fault>,
    stop: Option<Stop>,
    stopped: bool,
    faulted: bool,
    operations: u64,
    syncs: u64,
    room: Option<u64>,
    pretends: bool,
}

type Names = BTreeMap<PathBuf, usize>;

#[derive(Clone, Default)]
struct Contents {
    live: Image,
    durable: Image,
    open: Vec<Change>,
}

#[derive(Clone)]
enum Rename {
    Add(PathBuf, usize),
    Move(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl SimDisk {
    pub(crate) fn new(seed: u64) -> Self {
        Self::of(State {
            rng: Rng::new(seed),
            files: Vec::new(),
            names: Names::new(),
            durable_names: Names::new(),
            open_names: Vec::new(),
            faults: BTreeMap::new(),
            stop: None,
            stopped: false,
            faulted: false,
            operations: 0,
            syncs: 0,
            room: None,
            pretends: false,
        })
    }

    fn of(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// Lets the `n`th operation from now go wrong; 1 is the next.
    pub(crate) fn fault_in(&self, n: u64, fault: Fault) {
        let mut state = self.state();
        let at = state.operations + n;
        state.faults.insert(at, fault);
    }

    /// Forgets what was still to go wrong.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        state.faults.clear();
        (state.stop, state.room) = (None, None);
    }

    /// Stops the machine then.
    pub(crate) fn stop_at(&self, stop: Stop) {
        self.state().stop = Some(stop);
    }

    /// Leaves room for so many more bytes.
    pub(crate) fn leave_room(&self, bytes: u64) {
        let mut state = self.state();
        state.room = Some(state.allocated() + bytes);
    }

    /// From now on syncs do nothing and say that they did.
    pub(crate) fn pretend(&self) {
        self.state().pretends = true;
    }

    /// Operations so far that changed or synced something.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Syncs so far.
    pub(crate) fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Bytes of a file, as the process sees it.
    pub(crate) fn len(&self, path: &Path) -> u64 {
        let state = self.state();
        state.names.get(path).map_or(0, |file| state.files[*file].live.len())
    }

    /// Whether anything went wrong since the last crash or kill.
    pub(crate) fn has_faulted(&self) -> bool {
        self.state().faulted
    }

    /// Whether the machine stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Stops the machine now, if it runs, and answers what a power cut leaves of the disk.
    pub(crate) fn crash(&self) -> Self {
        let mut state = self.state();
        state.stopped = true;
        Self::of(state.after_crash())
    }

    /// Kills the process now; what it wrote is kept by the system, synced or not.
    pub(crate) fn kill(&self) -> Self {
        let mut state = self.state();
        state.stopped = true;
        let mut next = state.clone();
        (next.stopped, next.faulted) = (false, false);
        next.faults.clear();
        (next.stop, next.room) = (None, None);
        Self::of(next)
    }

    /// The files that hold some of these, as the process sees them or as a crash could leave them.
    pub(crate) fn holding(&self, needles: &[[u8; 32]]) -> Vec<PathBuf> {
        let state = self.state();
        let finder = Finder::new(needles.iter().copied());
        let holds = |bytes: &mut dyn Read| {
            let found = finder.in_file(bytes).unwrap_or_else(|_| finder.nothing());
            needles.iter().any(|needle| finder.has(&found, needle))
        };
        let mut found = Vec::new();
        for (path, file) in state.names.iter().chain(&state.durable_names) {
            let Contents { live, durable, .. } = &state.files[*file];
            let holds = holds(&mut live.searched()) || holds(&mut durable.searched_beside(live));
            if holds && !found.contains(path) {
                found.push(path.clone());
            }
        }
        found
    }

    /// A number for all that is on the disk.
    pub(crate) fn digest(&self) -> blake3::Hash {
        let state = self.state();
        let mut hasher = blake3::Hasher::new();
        for (path, file) in &state.names {
            hasher.update(path.as_os_str().as_encoded_bytes());
            let image = &state.files[*file].live;
            hasher.update(&image.len().to_be_bytes());
            drop(std::io::copy(&mut image.searched(), &mut hasher));
        }
        hasher.finalize()
    }

    fn open(&self, path: &Path) -> io::Result<SimFile> {
        let mut state = self.state();
        let file = match state.names.get(path).copied() {
            Some(file) => file,
            None => {
                state.files.push(Contents::default());
                let file = state.files.len() - 1;
                state.rename(Rename::Add(path.into(), file))?;
                file
            }
        };
        Ok(SimFile { disk: self.clone(), file })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn broken() -> io::Error {
    io::Error::other("the disk failed, as it was told to")
}

impl State {
    fn check(&self) -> io::Result<()> {
        if self.stopped { Err(io::Error::other("the machine has stopped")) } else { Ok(()) }
    }

    /// Counts an operation and answers what goes wrong with it.
    fn next(&mut self, sync: bool) -> io::Result<Option<Fault>> {
        self.check()?;
        self.operations += 1;
        self.syncs += u64::from(sync);
        let stops = match self.stop {
            Some(Stop::Operation(n)) => self.operations >= n,
            Some(Stop::Sync(n)) => sync && self.syncs >= n,
            None => false,
        };
        let fault = if stops { Some(Fault::Stop) } else { self.faults.remove(&self.operations) };
        self.stopped |= fault == Some(Fault::Stop);
        self.faulted |= fault.is_some();
        Ok(fault)
    }

    fn allocated(&self) -> u64 {
        self.files.iter().map(|file| file.live.allocated()).sum()
    }

    fn change(&mut self, file: usize, change: Change) -> io::Result<()> {
        let fault = match self.next(false)? {
            None if !self.has_room(file, &change) => Some(Fault::NoSpace),
            fault => fault,
        };
        match (fault, change) {
            (Some(Fault::NoSpace), _) => return Err(io::ErrorKind::StorageFull.into()),
            (Some(Fault::Fails), _) => return Err(broken()),
            (Some(Fault::Torn), Change::Write(offset, data)) => {
                let kept = self.rng.below(data.len() as u64 + 1) as usize / SECTOR * SECTOR;
                self.files[file].put(Change::Write(offset, data[..kept].into()));
            }
            (_, change) => self.files[file].put(change),
        }
        if fault.is_some() { Err(broken()) } else { Ok(()) }
    }

    fn has_room(&self, file: usize, change: &Change) -> bool {
        let Some(room) = self.room else { return true };
        self.allocated() + self.files[file].live.needs(change) <= room
    }

    fn sync(&mut self, file: usize) -> io::Result<()> {
        let fault = self.next(true)?;
        let State { files, rng, pretends, .. } = self;
        let contents = &mut files[file];
        match fault {
            _ if *pretends => {}
            None | Some(Fault::FailsButKept) => contents.sync(),
            Some(Fault::Stop) => {}
            Some(_) => {
                contents.durable = contents.after_crash(rng);
                contents.open.clear();
            }
        }
        if fault.is_some() { Err(broken()) } else { Ok(()) }
    }

    fn rename(&mut self, rename: Rename) -> io::Result<()> {
        match self.next(false)? {
            None => self.put(rename),
            Some(Fault::FailsButKept | Fault::Stop) => {
                self.put(rename);
                return Err(broken());
            }
            Some(Fault::NoSpace) => return Err(io::ErrorKind::StorageFull.into()),
            Some(_) => return Err(broken()),
        }
        Ok(())
    }

    fn put(&mut self, rename: Rename) {
        rename.apply(&mut self.names);
        self.open_names.push(rename);
    }

    fn sync_names(&mut self) -> io::Result<()> {
        let fault = self.next(true)?;
        if matches!(fault, None | Some(Fault::FailsButKept)) && !self.pretends {
            self.durable_names = self.names.clone();
            self.open_names.clear();
        }
        if fault.is_some() { Err(broken()) } else { Ok(()) }
    }

    fn after_crash(&mut self) -> Self {
        let mut names = self.durable_names.clone();
        let kept = self.rng.below(self.open_names.len() as u64 + 1) as usize;
        self.open_names[..kept].iter().for_each(|rename| rename.apply(&mut names));
        let mut files = Vec::new();
        for file in &self.files {
            let image = file.after_crash(&mut self.rng);
            files.push(Contents { live: image.clone(), durable: image, open: Vec::new() });
        }
        Self {
            rng: Rng::new(self.rng.next()),
            files,
            durable_names: names.clone(),
            names,
            open_names: Vec::new(),
            faults: BTreeMap::new(),
            stop: None,
            stopped: false,
            faulted: false,
            operations: 0,
            syncs: 0,
            room: None,
            pretends: self.pretends,
        }
    }
}

impl Contents {
    fn put(&mut self, change: Change) {
        self.live.apply(&change);
        self.open.push(change);
    }

    fn sync(&mut self) {
        for change in self.open.drain(..) {
            self.durable.apply(&change);
        }
    }

    /// What a crash leaves: of the open changes none, all, or some and parts of some.
    fn after_crash(&self, rng: &mut Rng) -> Image {
        let mut image = self.durable.clone();
        match rng.below(4) {
            0 => {}
            1 => self.open.iter().for_each(|change| image.apply(change)),
            _ => self.open.iter().for_each(|change| keep_some(&mut image, change, rng)),
        }
        image
    }
}

fn keep_some(image: &mut Image, change: &Change, rng: &mut Rng) {
    match (rng.below(3), change) {
        (0, _) => {}
        (1, Change::Write(offset, data)) => {
            for (n, sector) in data.chunks(SECTOR).enumerate() {
                if rng.once_in(2) {
                    image.write(offset + (n * SECTOR) as u64, sector);
                }
            }
        }
        (_, change) => image.apply(change),
    }
}

impl Rename {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Add(path, file) => {
                names.insert(path.clone(), *file);
            }
            Self::Move(from, to) => {
                let moved = names.remove(from);
                names.extend(moved.map(|file| (to.clone(), file)));
            }
            Self::Remove(path) => {
                names.remove(path);
            }
        }
    }
}

/// One file under redb.
struct SimFile {
    disk: SimDisk,
    file: usize,
}

impl fmt::Debug for SimFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}", self.file)
    }
}

impl StorageBackend for SimFile {
    fn len(&self) -> io::Result<u64> {
        let state = self.disk.state();
        state.check()?;
        Ok(state.files[self.file].live.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.disk.state();
        state.check()?;
        state.files[self.file].live.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.state().change(self.file, Change::SetLen(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.state().sync(self.file)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.disk.state().change(self.file, Change::Write(offset, data.into()))
    }
}

impl fmt::Debug for SimDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a simulated disk")
    }
}

impl Disk for SimDisk {
    /// One after the other, in the order of the store's documentation: the same seed is the same run.
    fn side_by_side(&self) -> bool {
        false
    }

    fn database(&self, path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
        let file =
            self.open(path).map_err(|e| DatabaseError::Storage(redb::StorageError::Io(e)))?;
        builder.create_with_backend(file)
    }

    fn file(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(self.open(path)?))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let state = self.state();
        state.check()?;
        Ok(state.names.contains_key(path))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let state = self.state();
        state.check()?;
        let file = state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(state.files[*file].live.searched()))
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let live = &state.files[*state.names.get(from).ok_or(io::ErrorKind::NotFound)?].live;
        let mut bytes = vec![0; live.len() as usize];
        live.read(0, &mut bytes)?;
        state.files.push(Contents::default());
        let file = state.files.len() - 1;
        state.rename(Rename::Add(to.into(), file))?;
        state.change(file, Change::Write(0, bytes.into()))
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let file = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        state.sync(file)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.check()?;
        match state.names.contains_key(path) {
            true => state.rename(Rename::Remove(path.into())),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().rename(Rename::Move(from.into(), to.into()))
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        self.state().sync_names()
    }
}
