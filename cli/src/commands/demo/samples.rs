//! Which chats go to which community.

use super::stage::Stage;
use crate::error::{CliError, OrFail as _};
use sheaf_node::import::samples::SAMPLES;
use std::fs;
use std::path::PathBuf;

/// The files for each of the communities: one's own for the first, or one sample file each.
pub(super) fn files(stage: &Stage, own: &[PathBuf]) -> Result<Vec<Vec<PathBuf>>, CliError> {
    let dir = stage.dir.join("samples");
    fs::create_dir(&dir).or_fail(dir.display())?;
    let mut files = Vec::new();
    for (name, text) in SAMPLES {
        let path = dir.join(name);
        fs::write(&path, text).or_fail(path.display())?;
        files.push(vec![path]);
    }
    if let (Some(first), false) = (files.first_mut(), own.is_empty()) {
        *first = own.to_vec();
    }
    Ok(files)
}
