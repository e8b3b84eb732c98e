//! Archives, packed files and tables, as a member drops them.

use super::Decoder;
use super::chat_and_seal::read_back;
use crate::import;
use std::io;

/// The decoders of this target.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "import/packed", check: packed },
    Decoder { name: "import/table", check: table },
    Decoder { name: "import/stream", check: stream },
];

/// Whatever is dropped: its chats keep the rules.
fn packed(input: &[u8]) {
    let mut chats = Vec::new();
    let source = io::Cursor::new(input.to_vec());
    import::read_source("packed", source, &mut |imported| chats.push(imported.chat));
    chats.iter().for_each(read_back);
}

/// A Parquet file, whatever its first bytes are. Its crate asserts what a damaged file may break:
/// that is caught where it is read, and said as damage. The hook of the target knows.
fn table(input: &[u8]) {
    packed(&[b"PAR1", input].concat());
}

/// The same from a pipe, which cannot be rewound.
fn stream(input: &[u8]) {
    let mut chats = Vec::new();
    import::read_stream("stream", input, &mut |imported| chats.push(imported.chat));
    chats.iter().for_each(read_back);
}
