use crate::id::{CommunityId, TreeHash};
use crate::log::leaf_hash;
use std::fmt;
use std::str::FromStr;

/// Where a chat stands in the commons. Rows are in this order: by the bytes of the community's
/// key, then by index.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The community.
    pub community: CommunityId,
    /// The index of the manifest in the community's log.
    pub index: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} of {}", self.index, self.community)
    }
}

/// The leaf of a row in the tree of rows (RFC 9162 §2.1.1): SHA-256 over 0x00 and the line without
/// its newline.
pub fn row_leaf(line: &str) -> TreeHash {
    leaf_hash(line.as_bytes())
}

/// A line of the `rows` file: `LEAF COMMUNITY INDEX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRef {
    /// The row's leaf.
    pub leaf: TreeHash,
    /// Which chat it holds.
    pub position: Position,
}

/// Why a text is not a line of the `rows` file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a leaf hash, a community and an index, with one space between them")]
pub struct RowRefError;

impl fmt::Display for RowRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.leaf, self.position.community, self.position.index)
    }
}

impl FromStr for RowRef {
    type Err = RowRefError;

    /// Reads a line without its newline, in its one form.
    fn from_str(line: &str) -> Result<Self, RowRefError> {
        let mut words = line.split(' ');
        let mut next = || words.next().ok_or(RowRefError);
        let (leaf, community, index) = (next()?, next()?, next()?);
        let position = Position {
            community: community.parse().map_err(|_| RowRefError)?,
            index: index.parse().map_err(|_| RowRefError)?,
        };
        let row = Self { leaf: leaf.parse().map_err(|_| RowRefError)?, position };
        if row.to_string() == line { Ok(row) } else { Err(RowRefError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PublicKey;

    #[test]
    fn a_line_has_one_form() {
        let position = Position { community: CommunityId(PublicKey([3; 32])), index: 70 };
        let line = RowRef { leaf: row_leaf("{}"), position }.to_string();
        assert_eq!(line.parse::<RowRef>().map(|row| row.position), Ok(position));
        for bad in [
            "",
            &line[1..],
            &format!("{line} "),
            &format!("{line}\n"),
            &line.replace(" 70", " 070"),
            &line.replace(" 70", " +70"),
            &line.replace(' ', "  "),
        ] {
            assert_eq!(bad.parse::<RowRef>(), Err(RowRefError), "{bad:?}");
        }
    }
}
