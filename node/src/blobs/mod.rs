//! Large sealed blobs: the only place that knows iroh-blobs.
//!
//! Sealed chats over `BLOB_SMALL_BYTES_MAX` lie as files in `<home>/large/`, with their hash tree
//! beside them, so that they can be sent and checked piece by piece. iroh-blobs keeps the files and
//! speaks the transfer; we add what it leaves open.
//!
//! **Durability.** It acknowledges before data and database are on disk. [`LargeBlobs::put`] and
//! [`LargeBlobs::fetch`] sync both and their folder before they return. A crash before that leaves
//! a file that nobody was told of: `open` removes what is incomplete, and the caller deletes what
//! its own database does not refer to ([`LargeBlobs::hashes`]).
//!
//! **Deletion.** It deletes only in a collection of garbage, and such a collection has lost blobs
//! that were added while it ran. Ours runs only when [`LargeBlobs::delete`] asks (`sweep.rs`), keeps
//! every hash that is listed or being added, and no adding begins while it runs. Then we look
//! whether the files are gone.
//!
//! **Damage.** The database says only what the files say themselves: their names are their hashes.
//! What it lacks it gets from them (`rebuild.rs`). One that is damaged is set aside until a store that was
//! made again from the files has been closed well. A store that does not open at all can stand for
//! what it is ([`LargeBlobs::unreadable`]): each use of it is an error that says why.
//!
//! **Authorisation** is the caller's: [`LargeBlobs::serve`] answers one request on one stream, for
//! exactly the hash that the caller has allowed.

mod adding;
mod error;
mod inspect;
mod rebuild;
mod stream;
mod sweep;
#[cfg(test)]
mod tests;
mod transfer;

pub use error::LargeError;
pub use inspect::{check_file, index_file};

use crate::home::sync_dir;
use adding::Adding;
use futures::StreamExt;
use iroh_blobs::Hash;
use iroh_blobs::api::blobs::{BlobStatus, EncodedItem};
use iroh_blobs::protocol::ChunkRanges;
use iroh_blobs::store::fs::FsStore;
use iroh_blobs::store::fs::options::{BatchOptions, InlineOptions, Options};
use sheaf_protocol::id::BlobHash;
use sheaf_protocol::limits::BLOB_BYTES_MAX;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use sweep::Sweeps;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;

/// Bytes of a large blob, checked against its hash as they are read.
pub type LargeReader = Pin<Box<dyn AsyncRead + Send>>;

/// The store of large blobs. Clones share it. Needs a multi-thread or current-thread tokio runtime;
/// its own file work runs on threads of its own.
#[derive(Clone)]
pub struct LargeBlobs(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    data: PathBuf,
    /// Or why it does not open.
    opened: Result<Opened, String>,
}

struct Opened {
    store: FsStore,
    sweeps: Sweeps,
    adding: Adding,
}

impl LargeBlobs {
    /// Opens or creates the store in `dir`, removes what a crash left half done, and takes in whole
    /// blobs that the database does not know.
    ///
    /// # Errors
    /// [`LargeError`] names the file or folder; another process that has it open is one.
    pub async fn open(dir: &Path) -> Result<Self, LargeError> {
        let blobs = Self::load(dir).await?;
        blobs.finish().await?;
        Ok(blobs)
    }

    /// Opens a store whose database is damaged: it is set aside, in the place of one that was before,
    /// and made again from the files. A crash in the middle costs nothing, the next
    /// [`open`](Self::open) goes on.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with_new_index(dir: &Path) -> Result<Self, LargeError> {
        rebuild::set_index_aside(dir)?;
        Self::open(dir).await
    }

    /// Stands for a store that does not open: each use is an error that says `why`.
    pub fn unreadable(dir: &Path, why: impl std::fmt::Display) -> Self {
        let data = Options::new(dir).path.data_path;
        Self(Arc::new(Inner { dir: dir.into(), data, opened: Err(why.to_string()) }))
    }

    /// Whether it opened.
    pub fn is_readable(&self) -> bool {
        self.0.opened.is_ok()
    }

    async fn load(dir: &Path) -> Result<Self, LargeError> {
        let mut options = Options::new(dir);
        options.inline = InlineOptions::NO_INLINE;
        options.batch = BatchOptions { max_write_duration: WRITE_BATCH, ..Default::default() };
        remove_all(&options.path.temp_path)?;
        let (sweeps, gc) = Sweeps::new();
        options.gc = Some(gc);
        let data = options.path.data_path.clone();
        let store = FsStore::load_with_opts(index_file(dir), options).await;
        let store = store.map_err(|e| LargeError::store(dir, e))?;
        sweeps.may_close(&store);
        let opened = Ok(Opened { store, sweeps, adding: Adding::default() });
        Ok(Self(Arc::new(Inner { dir: dir.into(), data, opened })))
    }

    fn opened(&self) -> Result<&Opened, LargeError> {
        self.0.opened.as_ref().map_err(|why| LargeError::Unreadable { why: why.clone() })
    }

    /// Closes the store; then a damaged database that was set aside is needed no more, and goes.
    /// Dropping the last clone closes it too, without waiting for it.
    pub async fn close(self) -> Result<(), LargeError> {
        let Ok(opened) = &self.0.opened else { return Ok(()) };
        opened.store.shutdown().await.map_err(|e| self.error(e))?;
        rebuild::remove_set_aside(&self.0.dir)
    }

    /// Stores a blob; durable on return. One that is there already is stored again, whole.
    ///
    /// # Errors
    /// [`LargeError::WrongHash`] if `bytes` are not those of `hash`: then nothing was stored.
    pub async fn put(&self, hash: BlobHash, bytes: Vec<u8>) -> Result<(), LargeError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(LargeError::TooLarge { max: BLOB_BYTES_MAX as u64 });
        }
        let found = BlobHash(*blake3::hash(&bytes).as_bytes());
        if found != hash {
            return Err(LargeError::WrongHash { expected: hash, found });
        }
        let _adding = self.opened()?.adding.begin(inner(&hash)).await;
        let tag =
            self.opened()?.store.add_bytes(bytes).temp_tag().await.map_err(|e| self.error(e))?;
        self.make_durable(&hash).await?;
        drop(tag);
        Ok(())
    }

    /// Whether the whole blob is here.
    pub async fn has(&self, hash: &BlobHash) -> Result<bool, LargeError> {
        Ok(self.size(hash).await?.is_some())
    }

    /// The size of a blob that is here whole, in bytes.
    pub async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, LargeError> {
        match self.opened()?.store.status(inner(hash)).await.map_err(|e| self.error(e))? {
            BlobStatus::Complete { size } => Ok(Some(size)),
            BlobStatus::Partial { .. } | BlobStatus::NotFound => Ok(None),
        }
    }

    /// A reader over a blob. Bytes that are not those of the hash end it with an error before they
    /// are handed out.
    ///
    /// # Errors
    /// [`LargeError::Missing`] if the blob is not here.
    pub async fn get(&self, hash: &BlobHash) -> Result<LargeReader, LargeError> {
        if !self.has(hash).await? {
            return Err(LargeError::Missing { hash: *hash });
        }
        let items = self.opened()?.store.export_bao(inner(hash), ChunkRanges::all()).stream();
        let bytes = items.filter_map(async |item| match item {
            EncodedItem::Leaf(leaf) => Some(Ok(leaf.data)),
            EncodedItem::Error(cause) => Some(Err(io::Error::other(cause))),
            EncodedItem::Size(_) | EncodedItem::Parent(_) | EncodedItem::Done => None,
        });
        Ok(Box::pin(StreamReader::new(bytes.boxed())))
    }

    /// A whole blob in memory, checked against its hash.
    pub async fn read(&self, hash: &BlobHash) -> Result<Vec<u8>, LargeError> {
        let mut bytes = Vec::new();
        let reader = self.get(hash).await?;
        let read = reader.take(BLOB_BYTES_MAX as u64).read_to_end(&mut bytes).await;
        read.map_err(|e| LargeError::Io { path: self.data_path(hash), source: e })?;
        Ok(bytes)
    }

    /// All blobs, whole or not.
    pub async fn hashes(&self) -> Result<BTreeSet<BlobHash>, LargeError> {
        self.opened()?.store.sync_db().await.map_err(|e| self.error(e))?;
        let hashes = self.opened()?.store.list().hashes().await.map_err(|e| self.error(e))?;
        Ok(hashes.iter().map(outer).collect())
    }

    /// Deletes a blob and looks whether its files are gone; one that is not here is gone.
    ///
    /// # Errors
    /// [`LargeError::Busy`] while the same blob is being added, [`LargeError::StillThere`] if a file
    /// is left.
    pub async fn delete(&self, hash: &BlobHash) -> Result<(), LargeError> {
        self.collect(&BTreeSet::from([*hash])).await?;
        for path in self.paths(hash) {
            if path.try_exists().map_err(|source| LargeError::Io { path: path.clone(), source })? {
                return Err(LargeError::StillThere { path });
            }
        }
        if self.has(hash).await? {
            return Err(LargeError::StillThere { path: self.data_path(hash) });
        }
        sync_dir(&self.0.data).map_err(|e| self.error_at(&self.0.data, e))
    }

    /// Deletes `doomed` in one collection.
    async fn collect(&self, doomed: &BTreeSet<BlobHash>) -> Result<(), LargeError> {
        let pause = self.opened()?.adding.pause().await;
        if let Some(hash) = doomed.iter().find(|hash| pause.is_adding(&inner(hash))) {
            return Err(LargeError::Busy { hash: *hash });
        }
        let listed = self.hashes().await?;
        let kept = listed.difference(doomed).map(inner).chain(pause.adding());
        self.opened()?
            .sweeps
            .run(kept.collect())
            .await
            .map_err(|e| self.error_at(&self.0.data, e))?;
        // What the database never knew, or could not unlink.
        for path in doomed.iter().flat_map(|hash| self.paths(hash)) {
            remove_if_there(&path)?;
        }
        Ok(())
    }

    /// Removes partial blobs, and makes the database know what is there.
    async fn finish(&self) -> Result<(), LargeError> {
        let mut partial = BTreeSet::new();
        let listed = self.hashes().await?;
        for hash in &listed {
            if !self.has(hash).await? || !self.data_path(hash).exists() {
                partial.insert(*hash);
            }
        }
        if !partial.is_empty() {
            self.collect(&partial).await?;
        }
        self.take_in_files(&listed.difference(&partial).copied().collect()).await?;
        sync_dir(&self.0.data).map_err(|e| self.error_at(&self.0.data, e))
    }

    /// Syncs what iroh-blobs does not: the files of a blob, their folder, and its database.
    async fn make_durable(&self, hash: &BlobHash) -> Result<(), LargeError> {
        let (paths, data) = (self.paths(hash), self.0.data.clone());
        let synced = tokio::task::spawn_blocking(move || {
            paths.iter().try_for_each(|path| sync_if_there(path))?;
            sync_dir(&data)
        });
        let synced = synced.await.unwrap_or_else(|e| Err(io::Error::other(e)));
        synced.map_err(|e| self.error_at(&self.data_path(hash), e))?;
        self.opened()?.store.sync_db().await.map_err(|e| self.error(e))?;
        if self.has(hash).await? { Ok(()) } else { Err(LargeError::Missing { hash: *hash }) }
    }

    fn data_path(&self, hash: &BlobHash) -> PathBuf {
        self.0.data.join(format!("{hash}.data"))
    }

    /// Every file that a blob can have: data, hash tree, and what is known of a partial one.
    fn paths(&self, hash: &BlobHash) -> [PathBuf; 4] {
        ["data", "obao4", "sizes4", "bitfield"].map(|ext| self.0.data.join(format!("{hash}.{ext}")))
    }

    fn error(&self, error: impl std::fmt::Display) -> LargeError {
        LargeError::store(&self.0.data, error)
    }

    fn error_at(&self, path: &Path, source: io::Error) -> LargeError {
        LargeError::Io { path: path.into(), source }
    }
}

impl std::fmt::Debug for LargeBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LargeBlobs").field(&self.0.data).finish()
    }
}

/// How long iroh-blobs gathers changes for one transaction.
const WRITE_BATCH: std::time::Duration = std::time::Duration::from_millis(20);

fn inner(hash: &BlobHash) -> Hash {
    Hash::from_bytes(hash.0)
}

fn outer(hash: &Hash) -> BlobHash {
    BlobHash(*hash.as_bytes())
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, LargeError> {
    let list = || fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>();
    list().map_err(|source| LargeError::Io { path: dir.into(), source })
}

/// Empties a folder of files that were being written when the node stopped.
fn remove_all(dir: &Path) -> Result<(), LargeError> {
    if !dir.exists() {
        return Ok(());
    }
    files(dir)?.iter().try_for_each(|path| remove_if_there(path))
}

fn remove_if_there(path: &Path) -> Result<(), LargeError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(LargeError::Io { path: path.into(), source: e })
        }
        _ => Ok(()),
    }
}

fn sync_if_there(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_all(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}
