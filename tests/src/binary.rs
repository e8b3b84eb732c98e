//! The `sheaf` binary that the stories run: the one that Cargo built beside them, or the one that
//! `SHEAF_BINARY` names (an installed one, say).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

const HOW: &str = "run `cargo build --workspace --all-targets` first (./tests/run does)";

/// Its path, checked to be there and not older than its sources.
pub fn sheaf() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(named) = std::env::var_os("SHEAF_BINARY") {
            return named.into();
        }
        let path = profile_folder().join("sheaf");
        assert!(path.exists(), "{} is not there: {HOW}", path.display());
        if let Some(newer) = newer_source(&path) {
            panic!("{} is older than {}: {HOW}", path.display(), newer.display());
        }
        path
    })
}

/// `target/<profile>`: where this program is, or above the `deps` in which a test is.
fn profile_folder() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().unwrap();
    match folder.ends_with("deps") {
        true => folder.parent().unwrap().to_owned(),
        false => folder.to_owned(),
    }
}

/// A source that changed after the binary was built. Cargo lists the sources beside the binary.
fn newer_source(binary: &Path) -> Option<PathBuf> {
    let listed = fs::read_to_string(binary.with_extension("d")).ok()?;
    let built = changed(binary)?;
    let sources = listed.split_once(": ")?.1.split_whitespace().map(PathBuf::from);
    sources.into_iter().find(|source| changed(source).is_some_and(|at| at > built))
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
