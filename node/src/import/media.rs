//! Pictures, sounds, films and files: that they were there, never their bytes.

use super::fields::Dropped;
use crate::import::json::Value;
use sheaf_protocol::chat::{MediaKind, Part};
use sheaf_protocol::limits::JSON_INTEGER_MAX;

/// What a tool says of a medium; every field may be missing or of another type.
#[derive(Default, Clone, Copy)]
pub(super) struct Medium<'a> {
    /// What it is, where the tool says so; else the media type tells.
    pub(super) kind: Option<MediaKind>,
    pub(super) mime: Option<&'a Value<'a>>,
    pub(super) name: Option<&'a Value<'a>>,
    pub(super) bytes: Option<&'a Value<'a>>,
    /// What it shows or says.
    pub(super) text: Option<&'a str>,
}

impl Medium<'_> {
    /// The part that stands for it. That its bytes are not carried is counted.
    pub(super) fn part(self, dropped: &mut Dropped) -> Part {
        dropped.count("picture, sound or file (that it was there is kept)");
        // Some tools write a bare extension where the type belongs.
        let is_type = |mime: &&Value| mime.as_str().is_some_and(|mime| mime.contains('/'));
        let mime = dropped.short(self.mime.filter(is_type), "media type");
        let exact = |bytes: &u64| *bytes <= JSON_INTEGER_MAX;
        Part::Media {
            kind: self.kind.unwrap_or_else(|| kind_of(mime.as_deref())),
            mime,
            name: dropped.short(self.name.filter(|name| !is_inline(name)), "file name or address"),
            bytes: self.bytes.and_then(Value::as_u64).filter(exact),
            text: self.text.filter(|text| !text.is_empty()).map(Into::into),
        }
    }
}

fn kind_of(mime: Option<&str>) -> MediaKind {
    match mime.and_then(|mime| mime.split('/').next()) {
        Some("image") => MediaKind::Image,
        Some("audio") => MediaKind::Audio,
        Some("video") => MediaKind::Video,
        _ => MediaKind::File,
    }
}

/// Whether an address is the medium itself.
fn is_inline(address: &Value) -> bool {
    address.as_str().is_some_and(|address| address.starts_with("data:"))
}

/// A part for something that the other parts cannot express: `value` as it was, called `kind`.
pub(super) fn other(kind: Option<&Value>, value: &Value, dropped: &mut Dropped) -> Part {
    let kind = dropped.short(kind, "content type").unwrap_or_else(|| "unknown".into());
    Part::Other { kind, json: value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::json;

    #[test]
    fn a_medium_is_known_by_its_type_and_never_carried() {
        let (mime, name, bytes) = (json!("video/mp4"), json!("a.mp4"), json!(5));
        let medium = Medium {
            mime: Some(&mime),
            name: Some(&name),
            bytes: Some(&bytes),
            ..Medium::default()
        };
        let mut dropped = Dropped::default();
        let part = medium.part(&mut dropped);
        let expected = Part::Media {
            kind: MediaKind::Video,
            mime: Some("video/mp4".into()),
            name: Some("a.mp4".into()),
            bytes: Some(5),
            text: None,
        };
        assert_eq!(part, expected);
        let (extension, inline, size) =
            (json!("pdf"), json!("data:image/png;base64,AAAA"), json!(-1));
        let medium = Medium {
            mime: Some(&extension),
            name: Some(&inline),
            bytes: Some(&size),
            text: Some(""),
            ..medium
        };
        let bare =
            Part::Media { kind: MediaKind::File, mime: None, name: None, bytes: None, text: None };
        assert_eq!(medium.part(&mut dropped), bare);
        assert_eq!(dropped.into_counts().values().sum::<u64>(), 2);
    }
}
