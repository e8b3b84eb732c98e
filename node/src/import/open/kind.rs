//! What a file is, by its first bytes.

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// May be JSON.
    Text,
    Gzip,
    Zip,
    Parquet,
    /// An archive that is not opened, by name.
    Packed(&'static str),
    /// Holds no chats that could be read, by name.
    Other(&'static str),
}

/// First bytes and what they say. The longer stand above the shorter.
const SIGNS: [(&[u8], Kind); 22] = [
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08", Kind::Zip),
    (b"\x1f\x8b", Kind::Gzip),
    (b"PAR1", Kind::Parquet),
    (b"PARE", Kind::Packed("encrypted Parquet")),
    (b"\x28\xb5\x2f\xfd", Kind::Packed("zstd")),
    (b"\xfd7zXZ\0", Kind::Packed("xz")),
    (b"7z\xbc\xaf\x27\x1c", Kind::Packed("7z")),
    (b"BZh", Kind::Packed("bzip2")),
    (b"Rar!\x1a", Kind::Packed("RAR")),
    (b"SQLite format 3\0", Kind::Other("a database; export the chats as JSON")),
    (b"\x89PNG", Kind::Other("a picture")),
    (b"\xff\xd8\xff", Kind::Other("a picture")),
    (b"GIF8", Kind::Other("a picture")),
    (b"%PDF", Kind::Other("a PDF document")),
    (b"RIFF", Kind::Other("a picture or a sound")),
    (b"ID3", Kind::Other("a sound")),
    (b"OggS", Kind::Other("a sound")),
    (b"fLaC", Kind::Other("a sound")),
    (b"\x1aE\xdf\xa3", Kind::Other("a video")),
    (b"<", Kind::Other("a web page; take the .json file of the export")),
];

impl Kind {
    /// The kind of a file that begins with `head`.
    pub(super) fn of(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let begins = |sign: &[u8]| match sign {
            b"<" => text.starts_with(sign),
            _ => head.starts_with(sign),
        };
        if let Some((_, kind)) = SIGNS.iter().find(|(sign, _)| begins(sign)) {
            return *kind;
        }
        match head {
            _ if head.get(257..262) == Some(&b"ustar"[..]) => Self::Packed("tar"),
            _ if head.get(4..8) == Some(&b"ftyp"[..]) => {
                Self::Other("a picture, a sound or a video")
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Text,
            [b'[' | b'{', 0, ..] | [0, b'[' | b'{', ..] => Self::Text,
            // JSON never holds this byte; between chats it may still be damage.
            _ if head.contains(&0) && !matches!(text, [b'[' | b'{', ..]) => {
                Self::Other("a file that is not text")
            }
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_file_is() {
        for (head, kind) in [
            (&b" \n{\"a\":1}"[..], Kind::Text),
            (b"", Kind::Text),
            (b"\xff\xfe[\0", Kind::Text),
            (b"[\0{\0", Kind::Text),
            (b"{\"a\": \"\0\"}", Kind::Text),
            (b"PK\x03\x04rest", Kind::Zip),
            (b"\x1f\x8b\x08", Kind::Gzip),
            (b"\xef\xbb\xbf\n<html>", Kind::Other("a web page; take the .json file of the export")),
            (b"\x7fELF\0\0", Kind::Other("a file that is not text")),
        ] {
            assert_eq!(Kind::of(head), kind, "{head:?}");
        }
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(Kind::of(&tar), Kind::Packed("tar"));
    }
}
