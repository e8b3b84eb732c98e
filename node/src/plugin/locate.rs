//! Which file a name of a program means.

use super::error::PluginCause;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The whole path of a program: what has a separator is a file, else it is looked for on the `PATH`.
pub(super) fn locate(program: &str) -> Result<PathBuf, PluginCause> {
    if program.is_empty() {
        return Err(PluginCause::Missing);
    }
    let path = Path::new(program);
    if path.components().count() > 1 || program.starts_with('.') {
        let path = std::path::absolute(path).map_err(PluginCause::System)?;
        return match (path.is_file(), may_be_run(&path)) {
            (false, _) => Err(PluginCause::Missing),
            (true, false) => Err(PluginCause::NotRunnable(path)),
            (true, true) => Ok(path),
        };
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut found = env::split_paths(&folders).map(|folder| folder.join(program));
    found.find(|path| path.is_file() && may_be_run(path)).ok_or(PluginCause::Missing)
}

#[cfg(unix)]
fn may_be_run(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn may_be_run(path: &Path) -> bool {
    fs::metadata(path).is_ok()
}
