//! Canonical JSON straight from a value's `Serialize`, without a [`serde_json::Value`] between.

use super::{key_order, write_text};
use crate::limits::JSON_INTEGER_MAX;
use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Why a value has no canonical JSON here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// An integer beyond ±(2^53 − 1).
    #[error("{0} is not an integer within 2^53")]
    Number(String),
    /// A float, bytes, a tuple or an enum with content that is not tagged within.
    #[error("{0} has no place in canonical JSON here")]
    Unsupported(&'static str),
    /// A `Serialize` implementation refused.
    #[error("{0}")]
    Refused(String),
}

impl serde::ser::Error for WriteError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Refused(message.to_string())
    }
}

/// The text that [`super::canonical`] gives for the same value.
///
/// # Errors
/// [`WriteError`].
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<String, WriteError> {
    to_canonical_about(value, 0)
}

/// The same for a text of about `bytes` bytes, so that it need not be moved as it grows.
///
/// # Errors
/// [`WriteError`].
pub fn to_canonical_about<T: Serialize + ?Sized>(
    value: &T,
    bytes: usize,
) -> Result<String, WriteError> {
    let mut out = String::with_capacity(bytes);
    value.serialize(Writer { out: &mut out })?;
    Ok(out)
}

struct Writer<'a> {
    out: &'a mut String,
}

impl Writer<'_> {
    fn push(self, text: &str) -> Result<(), WriteError> {
        self.out.push_str(text);
        Ok(())
    }

    fn integer(self, magnitude: u64, value: impl fmt::Display) -> Result<(), WriteError> {
        use fmt::Write as _;
        if magnitude > JSON_INTEGER_MAX {
            return Err(WriteError::Number(value.to_string()));
        }
        write!(self.out, "{value}").map_err(WriteError::custom)
    }
}

/// What no row holds.
macro_rules! unsupported {
    ($($method:ident($($type:ty),*) -> $ok:ty = $what:literal;)+) => {$(
        fn $method(self, $(_: $type),*) -> Result<$ok, WriteError> {
            Err(WriteError::Unsupported($what))
        }
    )+};
}

macro_rules! integers {
    ($($method:ident($type:ty);)+) => {$(
        fn $method(self, value: $type) -> Result<(), WriteError> {
            let value = i128::from(value);
            let magnitude = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
            self.integer(magnitude, value)
        }
    )+};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = List<'a>;
    type SerializeTuple = Impossible<(), WriteError>;
    type SerializeTupleStruct = Impossible<(), WriteError>;
    type SerializeTupleVariant = Impossible<(), WriteError>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Impossible<(), WriteError>;

    integers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    unsupported! {
        serialize_f32(f32) -> () = "a float";
        serialize_f64(f64) -> () = "a float";
        serialize_bytes(&[u8]) -> () = "a byte string";
        serialize_tuple(usize) -> Self::SerializeTuple = "a tuple";
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTuple = "a tuple";
        serialize_tuple_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeTuple = "a tuple";
        serialize_struct_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeStructVariant = "an enum with content";
    }

    fn serialize_bool(self, value: bool) -> Result<(), WriteError> {
        self.push(if value { "true" } else { "false" })
    }

    fn serialize_char(self, value: char) -> Result<(), WriteError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), WriteError> {
        write_text(self.out, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        self.push("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        self.push("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), WriteError> {
        self.push("null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), WriteError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), WriteError> {
        Err(WriteError::Unsupported("an enum with content"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, WriteError> {
        self.out.push('[');
        Ok(List { out: self.out, is_empty: true })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Object<'a>, WriteError> {
        Ok(Object::begin(self.out, len.unwrap_or_default()))
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Object<'a>, WriteError> {
        Ok(Object::begin(self.out, len))
    }
}

/// `[…`
struct List<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(',');
        }
        value.serialize(Writer { out: self.out })
    }

    fn end(self) -> Result<(), WriteError> {
        self.out.push(']');
        Ok(())
    }
}

/// `{…`: the fields in the order in which they came; put into that of their keys at the end.
struct Object<'a> {
    out: &'a mut String,
    start: usize,
    fields: Vec<Field>,
}

/// A key, and where it stands with its value.
struct Field {
    key: Cow<'static, str>,
    at: Range<usize>,
}

impl<'a> Object<'a> {
    fn begin(out: &'a mut String, len: usize) -> Self {
        out.push('{');
        let start = out.len();
        // A length that is announced, but not believed.
        Self { out, start, fields: Vec::with_capacity(len.min(32)) }
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        key: Cow<'static, str>,
        value: &T,
    ) -> Result<(), WriteError> {
        if !self.fields.is_empty() {
            self.out.push(',');
        }
        let start = self.out.len();
        write_text(self.out, &key);
        self.out.push(':');
        value.serialize(Writer { out: self.out })?;
        self.fields.push(Field { key, at: start..self.out.len() });
        Ok(())
    }

    fn close(mut self) {
        let less = |a: &Field, b: &Field| key_order(&a.key, &b.key).is_lt();
        if !self.fields.is_sorted_by(less) {
            self.sort();
        }
        self.out.push('}');
    }

    fn sort(&mut self) {
        let unsorted = self.out.split_off(self.start);
        self.fields.sort_by(|a, b| key_order(&a.key, &b.key));
        for (number, Field { at, .. }) in self.fields.iter().enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            self.out.push_str(&unsorted[at.start - self.start..at.end - self.start]);
        }
    }
}

impl SerializeStruct for Object<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        self.field(Cow::Borrowed(key), value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), WriteError> {
        Err(WriteError::Unsupported("a key without its value"))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), WriteError> {
        Err(WriteError::Unsupported("a value without its key"))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), WriteError> {
        match serde_json::to_value(key) {
            Ok(serde_json::Value::String(key)) => self.field(Cow::Owned(key), value),
            _ => Err(WriteError::Unsupported("a key that is not text")),
        }
    }

    fn end(self) -> Result<(), WriteError> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::canonical;
    use super::*;
    use crate::chat::strategy::chats;
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn keys_are_sorted_as_in_the_other_writer() {
        let map: BTreeMap<_, _> =
            ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
                .into_iter()
                .zip(0_u8..)
                .collect();
        assert_eq!(to_canonical(&map).unwrap(), canonical(&json!(map)));
        assert_eq!(to_canonical(&json!({})).unwrap(), "{}");
    }

    #[test]
    fn what_has_no_exact_form_is_refused() {
        assert!(to_canonical(&1.5).is_err());
        assert_eq!(to_canonical(&JSON_INTEGER_MAX).unwrap(), "9007199254740991");
        assert!(matches!(to_canonical(&(JSON_INTEGER_MAX + 1)), Err(WriteError::Number(_))));
        assert!(to_canonical(&i64::MIN).is_err());
        assert!(to_canonical(&BTreeMap::from([(1, 2)])).is_err(), "a key that is not text");
    }

    proptest! {
        #[test]
        fn both_writers_agree(chat in chats(), text in any::<String>()) {
            prop_assert_eq!(to_canonical(&chat).unwrap(), canonical(&chat.to_json()));
            prop_assert_eq!(to_canonical(&text).unwrap(), canonical(&json!(text)));
        }
    }
}
