//! Key files: one line that says what it is, one line of hexadecimal; for their owner only.

use super::HomeError;
use super::durable::write_private;
use std::fs;
use std::path::Path;
use zeroize::Zeroizing;

pub(super) const SEED: &str = "seed";
pub(super) const NODE: &str = "node";
pub(super) const LOG: &str = "log";
pub(super) const ROOT: &str = "root";

pub(super) fn random() -> Result<Zeroizing<[u8; 32]>, HomeError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..])?;
    Ok(bytes)
}

pub(super) fn write(path: &Path, name: &str, secret: &[u8; 32]) -> Result<(), HomeError> {
    let what = match name {
        SEED => "the seed of a person's keys: whoever has it can act as them",
        ROOT => "the root key of a community: keep it offline, with its recovery words",
        LOG => "the key that signs the log's checkpoints",
        _ => "the identity of a node",
    };
    let hex: Zeroizing<String> =
        Zeroizing::new(secret.iter().map(|byte| format!("{byte:02x}")).collect());
    let text = Zeroizing::new(format!("# Sheaf: {what}\n{}\n", *hex));
    write_private(path, text.as_bytes()).map_err(HomeError::io(path))
}

pub(super) fn read(path: &Path) -> Result<Zeroizing<[u8; 32]>, HomeError> {
    check_private(path)?;
    let text = Zeroizing::new(fs::read_to_string(path).map_err(HomeError::io(path))?);
    let hex = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default().trim();
    from_hex(hex).ok_or_else(|| HomeError::damaged(path, "expected 64 hexadecimal digits"))
}

fn from_hex(hex: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Makes a folder that only its owner may enter.
pub(super) fn make_private_dir(path: &Path) -> Result<(), HomeError> {
    if path.is_dir() {
        return Ok(());
    }
    if path.is_file() {
        return Err(HomeError::NotFolder { path: path.to_owned() });
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(HomeError::io(path))
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), HomeError> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = path.parent().unwrap_or(path);
    for (path, wanted) in [(dir, "700"), (path, "600")] {
        let mode = fs::metadata(path).map_err(HomeError::io(path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(HomeError::TooOpen { path: path.to_owned(), mode: wanted });
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_path: &Path) -> Result<(), HomeError> {
    Ok(())
}
