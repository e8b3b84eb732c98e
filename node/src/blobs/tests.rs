use super::*;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex, split};
use tokio::time::timeout;

const MIB: usize = 1024 * 1024;
/// Longer than any test takes unless it hangs.
const DEADLINE: Duration = Duration::from_secs(120);

fn noise(seed: u8, len: usize) -> (BlobHash, Vec<u8>) {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut bytes);
    (BlobHash(*blake3::hash(&bytes).as_bytes()), bytes)
}

async fn opened(dir: &TempDir) -> LargeBlobs {
    LargeBlobs::open(dir.path()).await.unwrap()
}

/// Whether any file under the folder holds these bytes.
fn anywhere(dir: &Path, needle: &[u8]) -> bool {
    let found = |path: PathBuf| {
        if path.is_dir() {
            return anywhere(&path, needle);
        }
        std::fs::read(&path).unwrap().windows(needle.len()).any(|w| w == needle)
    };
    std::fs::read_dir(dir).unwrap().any(|entry| found(entry.unwrap().path()))
}

/// Serves `hash` from one store to the other over memory.
async fn transfer(
    from: &LargeBlobs,
    to: &LargeBlobs,
    hash: BlobHash,
    size: u64,
) -> (Result<(), LargeError>, Result<(), LargeError>) {
    let (here, there) = duplex(MIB);
    let ((r, w), (r2, w2)) = (split(here), split(there));
    let both = async { tokio::join!(from.serve(&hash, r, w), to.fetch(&hash, size, r2, w2)) };
    timeout(DEADLINE, both).await.expect("a transfer must end")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_blob_is_put_served_fetched_and_deleted() {
    let (dir, dir2) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (opened(&dir).await, opened(&dir2).await);
    let (hash, bytes) = noise(1, 20 * MIB + 17);
    let (other, other_bytes) = noise(2, MIB);
    assert!(!here.has(&hash).await.unwrap());
    here.put(hash, bytes.clone()).await.unwrap();
    here.put(other, other_bytes.clone()).await.unwrap();
    assert_eq!(here.size(&hash).await.unwrap(), Some(bytes.len() as u64));
    assert_eq!(here.read(&hash).await.unwrap(), bytes);

    let (served, fetched) = transfer(&here, &there, hash, bytes.len() as u64).await;
    served.unwrap();
    fetched.unwrap();
    assert_eq!(there.read(&hash).await.unwrap(), bytes);

    assert!(anywhere(dir.path(), &bytes[MIB..MIB + 64]));
    timeout(DEADLINE, here.delete(&hash)).await.expect("a deletion must end").unwrap();
    assert!(!here.has(&hash).await.unwrap());
    assert!(!here.data_path(&hash).exists(), "the file is unlinked");
    for at in [0, MIB, 20 * MIB - 50] {
        assert!(!anywhere(dir.path(), &bytes[at..at + 64]), "no byte is left anywhere");
    }
    assert!(matches!(here.get(&hash).await.err(), Some(LargeError::Missing { .. })));
    assert_eq!(here.read(&other).await.unwrap(), other_bytes, "the others stay");
    here.delete(&hash).await.unwrap();
    assert_eq!(here.hashes().await.unwrap(), BTreeSet::from([other]));
    here.put(hash, bytes.clone()).await.unwrap();
    assert_eq!(here.read(&hash).await.unwrap(), bytes, "it can be stored again");
    here.close().await.unwrap();
    there.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_of_another_hash_are_not_stored() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = opened(&dir).await;
    let (hash, mut bytes) = noise(3, 100_000);
    bytes[5] ^= 1;
    let error = blobs.put(hash, bytes).await.unwrap_err();
    assert!(matches!(error, LargeError::WrongHash { .. }), "{error}");
    assert!(blobs.hashes().await.unwrap().is_empty());
    blobs.close().await.unwrap();
}

/// Passes a stream on and flips one byte of it at `at`.
async fn tamper(mut from: DuplexStream, mut to: DuplexStream, at: usize) {
    let (mut buffer, mut seen) = (vec![0; 8192], 0);
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        if let Some(byte) = at.checked_sub(seen).and_then(|n| buffer[..read].get_mut(n)) {
            *byte ^= 1;
        }
        seen += read;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_byte_on_the_way_fails_closed() {
    let (dir, dir2) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (opened(&dir).await, opened(&dir2).await);
    let (hash, bytes) = noise(4, 3 * MIB);
    here.put(hash, bytes.clone()).await.unwrap();
    // The size, a hash of the tree, the middle of the data, its end.
    for at in [3, 40, 2 * MIB, 3 * MIB + 12_000] {
        let (requests, served_requests) = duplex(MIB);
        let (answers, served_answers) = duplex(64 * 1024);
        let (tampered, fetched_answers) = duplex(64 * 1024);
        let tampering = tokio::spawn(tamper(answers, tampered, at));
        let serve = here.serve(&hash, served_requests, served_answers);
        let fetch = there.fetch(&hash, bytes.len() as u64, fetched_answers, requests);
        let both = async { tokio::join!(serve, fetch) };
        let (_, fetched) = timeout(DEADLINE, both).await.expect("a failure must end");
        let error = fetched.unwrap_err();
        assert!(matches!(error, LargeError::Transfer { .. }), "at {at}: {error}");
        tampering.await.unwrap();
        assert!(!there.has(&hash).await.unwrap(), "at {at}");
        assert!(files(&there.0.data).unwrap().is_empty(), "nothing of it is kept, at {at}");
    }
    let (_, fetched) = transfer(&here, &there, hash, bytes.len() as u64).await;
    fetched.unwrap();
    assert_eq!(there.read(&hash).await.unwrap(), bytes, "an honest stream works afterwards");
    here.close().await.unwrap();
    there.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_allowed_and_announced_goes_over_a_stream() {
    let (dir, dir2) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (opened(&dir).await, opened(&dir2).await);
    let (hash, bytes) = noise(5, MIB);
    let (other, other_bytes) = noise(6, MIB);
    here.put(hash, bytes.clone()).await.unwrap();
    here.put(other, other_bytes).await.unwrap();

    let (here_end, there_end) = duplex(MIB);
    let ((r, w), (r2, w2)) = (split(here_end), split(there_end));
    let both =
        async { tokio::join!(here.serve(&hash, r, w), there.fetch(&other, 1 << 20, r2, w2)) };
    let (served, fetched) = timeout(DEADLINE, both).await.expect("a refusal must end");
    assert!(matches!(served, Err(LargeError::Refused { .. })), "{served:?}");
    assert!(fetched.is_err() && !there.has(&other).await.unwrap());

    for announced in [MIB as u64 - 1, 100, MIB as u64 + 1] {
        let (_, fetched) = transfer(&here, &there, hash, announced).await;
        assert!(fetched.is_err(), "announced {announced}, sent {MIB}");
        assert!(!there.has(&hash).await.unwrap());
    }
    let (served, fetched) = transfer(&there, &here, BlobHash([9; 32]), 5).await;
    assert!(matches!(served, Err(LargeError::Missing { .. })), "{served:?}");
    assert!(fetched.is_err());
    let huge = transfer(&here, &there, hash, u64::MAX).await.1;
    assert!(matches!(huge, Err(LargeError::TooLarge { .. })), "{huge:?}");
    here.close().await.unwrap();
    there.close().await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            // A file may go away while the folder is copied, as it may in a crash.
            let _ = std::fs::copy(entry.path(), target);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_loses_no_acknowledged_blob() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = opened(&dir).await;
    let (hash, bytes) = noise(7, 2 * MIB);
    blobs.put(hash, bytes.clone()).await.unwrap();
    let (half, half_bytes) = noise(8, 30 * MIB);
    let putting = tokio::spawn({
        let blobs = blobs.clone();
        async move { blobs.put(half, half_bytes).await }
    });
    // The disk as it is at some moments of the second put.
    for n in 0..4 {
        tokio::time::sleep(Duration::from_millis(n * 15)).await;
        let image = tempfile::tempdir().unwrap();
        copy(dir.path(), image.path());
        std::fs::write(image.path().join("data").join(format!("{}.data", "ab".repeat(32))), b"?")
            .unwrap();
        let after = opened(&image).await;
        assert_eq!(after.read(&hash).await.unwrap(), bytes, "what was acknowledged is there");
        if after.has(&half).await.unwrap() {
            assert_eq!(after.read(&half).await.unwrap().len(), 30 * MIB, "whole or not at all");
        }
        let known = after.hashes().await.unwrap();
        for file in files(&after.0.data).unwrap() {
            let stem: BlobHash = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            assert!(known.contains(&stem), "no file that nobody knows: {file:?}");
        }
        after.close().await.unwrap();
    }
    putting.await.unwrap().unwrap();
    blobs.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_never_touch_what_is_being_added() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = opened(&dir).await;
    let all: Vec<_> = (10..26).map(|seed| noise(seed, 200_000)).collect();
    let (gone, kept) = all.split_at(8);
    for (hash, bytes) in gone {
        blobs.put(*hash, bytes.clone()).await.unwrap();
    }
    let deleting = async {
        for (hash, _) in gone {
            blobs.delete(hash).await.unwrap();
        }
    };
    let adding = async {
        for (hash, bytes) in kept {
            blobs.put(*hash, bytes.clone()).await.unwrap();
        }
    };
    timeout(DEADLINE, async { tokio::join!(deleting, adding) }).await.unwrap();
    let left = blobs.hashes().await.unwrap();
    assert_eq!(left, kept.iter().map(|(hash, _)| *hash).collect());
    for (hash, bytes) in kept {
        assert_eq!(blobs.read(hash).await.unwrap(), *bytes);
    }
    blobs.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_store_closes_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (hash, bytes) = noise(9, 70_000);
    let blobs = opened(&dir).await;
    blobs.put(hash, bytes.clone()).await.unwrap();
    drop(blobs);
    let reopened = async {
        loop {
            match LargeBlobs::open(dir.path()).await {
                Ok(blobs) => return blobs,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    let blobs = timeout(DEADLINE, reopened).await.expect("the lock must be released");
    assert_eq!(blobs.read(&hash).await.unwrap(), bytes, "closing deletes nothing");
    blobs.close().await.unwrap();
}

/// The large blobs of `dir`, opened as a start does whose first try failed.
async fn opened_anew(dir: &TempDir) -> LargeBlobs {
    LargeBlobs::open_with_new_index(dir.path()).await.unwrap()
}

/// A store with two blobs, closed.
async fn two_blobs() -> (TempDir, [(BlobHash, Vec<u8>); 2]) {
    let dir = tempfile::tempdir().unwrap();
    let blobs = [noise(1, MIB), noise(2, 2 * MIB + 1)];
    let store = opened(&dir).await;
    for (hash, bytes) in &blobs {
        store.put(*hash, bytes.clone()).await.unwrap();
    }
    store.close().await.unwrap();
    (dir, blobs)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_is_made_again_and_never_taken_for_an_empty_one() {
    let (dir, blobs) = two_blobs().await;
    std::fs::remove_file(index_file(dir.path())).unwrap();
    let store = opened(&dir).await;
    for (hash, bytes) in &blobs {
        assert_eq!(store.read(hash).await.unwrap(), *bytes, "what the files held is there");
    }
    store.close().await.unwrap();
    let store = opened(&dir).await;
    assert_eq!(store.hashes().await.unwrap().len(), 2, "and stays, at the next opening");
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_made_again_and_what_is_not_a_blob_goes() {
    let (dir, [(whole, bytes), (cut, _)]) = two_blobs().await;
    std::fs::write(index_file(dir.path()), b"no database").unwrap();
    let file = dir.path().join(format!("data/{cut}.data"));
    std::fs::write(&file, b"too short").unwrap();
    LargeBlobs::open(dir.path()).await.expect_err("a damaged index is not opened unasked");
    assert!(file.exists(), "nothing is removed where nobody knows what there is");

    let store = opened_anew(&dir).await;
    assert_eq!(store.read(&whole).await.unwrap(), bytes);
    assert_eq!(store.hashes().await.unwrap(), BTreeSet::from([whole]));
    assert!(!file.exists(), "a file that is not what its name says is given up");
    let aside = rebuild::set_aside(dir.path());
    assert_eq!(std::fs::read(&aside).unwrap(), b"no database", "it is kept for a while");
    store.close().await.unwrap();
    assert!(!aside.exists(), "the new one is whole, and was closed well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_kept_until_the_new_one_was_closed_well_and_only_one() {
    let (dir, blobs) = two_blobs().await;
    let (index, aside) = (index_file(dir.path()), rebuild::set_aside(dir.path()));
    std::fs::write(&index, b"no database").unwrap();
    drop(opened_anew(&dir).await);
    assert!(aside.exists(), "this one ended, and was not closed");
    timeout(DEADLINE, async {
        // Whoever was dropped closes its files a little later.
        while LargeBlobs::open(dir.path()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    assert!(aside.exists(), "nor was this one");

    std::fs::rename(&index, dir.path().join("sound")).unwrap();
    std::fs::write(&index, b"damaged anew").unwrap();
    let store = opened_anew(&dir).await;
    assert_eq!(std::fs::read(&aside).unwrap(), b"damaged anew", "in the place of the first");
    assert_eq!(store.hashes().await.unwrap().len(), blobs.len());
    store.close().await.unwrap();
    assert!(!aside.exists(), "now both are needed no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_half_made_again_is_finished_at_the_next_opening() {
    let (dir, blobs) = two_blobs().await;
    rebuild::set_index_aside(dir.path()).unwrap();
    // A new database, into which nothing was taken when the node was killed.
    LargeBlobs::load(dir.path()).await.unwrap().close().await.unwrap();
    assert!(index_file(dir.path()).exists());

    let store = opened(&dir).await;
    for (hash, bytes) in &blobs {
        assert_eq!(store.read(hash).await.unwrap(), *bytes);
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_open_says_so_at_each_use() {
    let (hash, bytes) = noise(1, MIB);
    let store = LargeBlobs::unreadable(Path::new("large"), "large/blobs.db: permission denied");
    let told = [
        store.has(&hash).await.unwrap_err(),
        store.put(hash, bytes).await.unwrap_err(),
        store.read(&hash).await.unwrap_err(),
        store.delete(&hash).await.unwrap_err(),
    ];
    for error in told {
        assert_eq!(error.to_string(), "large/blobs.db: permission denied");
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_flipped_anywhere_in_the_index_costs_no_blob() {
    let (dir, blobs) = two_blobs().await;
    let index = index_file(dir.path());
    let sound = std::fs::read(&index).unwrap();
    let names = blobs.iter().flat_map(|(hash, _)| {
        let places = 0..sound.len() - 32;
        places.filter(|at| sound[*at..].starts_with(&hash.0)).map(|at| at..at + 1)
    });
    let names: Vec<_> = names.collect();
    assert!(!names.is_empty(), "blobs are named in it");
    let used = |at: &usize| sound[*at..].iter().take(4096).any(|byte| *byte != 0);
    let pages = (0..sound.len()).step_by(4096).filter(used).map(|at| at..at + 4096);
    let mut remade = 0;
    for place in pages.chain(names) {
        let mut flipped = sound.clone();
        let end = place.end.min(sound.len());
        flipped[place.start..end].iter_mut().for_each(|byte| *byte ^= 0x10);
        std::fs::write(&index, flipped).unwrap();
        let store = match timeout(DEADLINE, LargeBlobs::open(dir.path())).await.unwrap() {
            Ok(store) => store,
            Err(_) => {
                remade += 1;
                opened_anew(&dir).await
            }
        };
        for (hash, bytes) in &blobs {
            assert_eq!(store.read(hash).await.unwrap(), *bytes, "{place:?}");
        }
        store.close().await.unwrap();
    }
    assert!(remade > 0, "some of it makes no sense then");
}
