//! Values, and where a chat mentions them.

use super::same;
use crate::scrub::Kind;
use crate::scrub::chat::{ChatFind, Place, with_texts};
use crate::scrub::folded::Form;
use sheaf_protocol::chat::Chat;

/// A value, however it is written: what has one mask throughout a chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    kind: Kind,
    key: String,
}

impl Value {
    /// The value of this kind that is written so.
    pub fn of(kind: Kind, written: &str) -> Self {
        Self::written(kind, written, Form::Plain)
    }

    pub(super) fn written(kind: Kind, written: &str, form: Form) -> Self {
        Self { kind: kind.family(), key: same::key(kind, written, form) }
    }

    /// What it is, without a country.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// A place in a chat at which a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where.
    pub find: ChatFind,
    /// Which value; where the end of a part cuts it, every piece is of the whole one.
    pub value: Value,
    /// How it is written here; of a value in pieces this piece.
    pub written: String,
    /// In what form.
    pub(super) form: Form,
}

/// Which values were found. The finds are those of this chat, or some of them, in their order.
pub fn mentions(chat: &Chat, finds: &[ChatFind]) -> Vec<Mention> {
    mentions_of(chat, finds, &Value::written)
}

/// The same, where `value` says which value of a kind is written so.
pub(super) fn mentions_of(
    chat: &Chat,
    finds: &[ChatFind],
    value: &dyn Fn(Kind, &str, Form) -> Value,
) -> Vec<Mention> {
    let mut written = written(chat, finds).into_iter();
    let mut mentions = Vec::with_capacity(finds.len());
    for pieces in finds.chunk_by(|_, next| next.continues) {
        let written: Vec<_> = written.by_ref().take(pieces.len()).collect();
        let whole: String = written.iter().map(|(piece, _)| piece.as_str()).collect();
        let Some((find, (_, form))) = pieces.first().zip(written.first()) else { continue };
        let value = value(find.span.kind, &whole, *form);
        mentions.extend(pieces.iter().zip(written).map(|(find, (written, form))| Mention {
            find: find.clone(),
            value: value.clone(),
            written,
            form,
        }));
    }
    mentions
}

/// How each find is written, and in what form.
fn written(chat: &Chat, finds: &[ChatFind]) -> Vec<(String, Form)> {
    let mut written = Vec::with_capacity(finds.len());
    // What form a text has is told by reading it: once for all that is found there.
    let mut known: Option<(Place, Form)> = None;
    with_texts(chat, finds, &mut |find, text| {
        let form = match known {
            Some((place, form)) if place == find.place => form,
            _ => find.place.form(text),
        };
        known = Some((find.place, form));
        written.push((text[find.span.range()].to_owned(), form));
    });
    written
}
