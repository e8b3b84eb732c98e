//! JSON of other tools, as it is read: texts are borrowed from the record wherever they stand in it as
//! they are, and a list or an object takes no more memory than what is in it. So a record takes little
//! beside its own bytes, whose number is bounded; how much, [`weight`] tells before it is read.

mod read;
mod typed;
mod weight;

pub(super) use read::read;
pub(super) use typed::typed;
pub(super) use weight::{WEIGHT_RATIO_MAX, end_of_text, weight};

use serde::{Serialize, Serializer};
use serde_json::Number;
use std::borrow::Cow;
use std::{fmt, iter, slice};

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was read.
    Number(Number),
    /// A text.
    String(Cow<'a, str>),
    /// A list.
    Array(Box<[Value<'a>]>),
    /// An object.
    Object(Object<'a>),
}

/// A field of an object.
type Field<'a> = (Cow<'a, str>, Value<'a>);

/// The fields of an object, in the order of their names, each name once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'a>(Box<[Field<'a>]>);

// What the weight of a record is reckoned with.
const _: () = assert!(size_of::<Value<'_>>() == 24 && size_of::<Field<'_>>() == 48);

impl<'a> Value<'a> {
    /// The value of a field, if this is an object and has it.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// What lies under the names of `path`, each after a slash.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').skip(1).try_fold(self, |value, name| value.get(name))
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    pub(super) fn as_u64(&self) -> Option<u64> {
        if let Self::Number(number) = self { number.as_u64() } else { None }
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(super) fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(fields) = self { Some(fields) } else { None }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) fn is_boolean(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    pub(super) fn is_u64(&self) -> bool {
        self.as_u64().is_some()
    }

    pub(super) fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    pub(super) fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The same, without the record that it was read from.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(fields) => {
                let owned =
                    |(name, value): Field<'_>| (Cow::Owned(name.into_owned()), value.into_owned());
                Value::Object(Object(fields.0.into_iter().map(owned).collect()))
            }
        }
    }
}

impl<'a> Object<'a> {
    /// Puts fields in order; of several with one name the last holds.
    pub(super) fn new(mut fields: Vec<Field<'a>>) -> Self {
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        fields.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Self(fields.into_boxed_slice())
    }

    /// The value of a field.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The value of a field, to change it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// The same with one more field.
    pub(super) fn with(self, name: &'static str, value: Value<'a>) -> Self {
        let mut fields = self.0.into_vec();
        fields.push((Cow::Borrowed(name), value));
        Self::new(fields)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values.
    pub(super) fn iter(&self) -> Fields<'_, 'a> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Names, and values to change them.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value<'a>)> {
        self.0.iter_mut().map(|(name, value)| (&**name, value))
    }
}

/// Names and values of fields.
type Fields<'o, 'a> =
    iter::Map<slice::Iter<'o, Field<'a>>, fn(&'o Field<'a>) -> (&'o str, &'o Value<'a>)>;

impl<'o, 'a> IntoIterator for &'o Object<'a> {
    type Item = (&'o str, &'o Value<'a>);
    type IntoIter = Fields<'o, 'a>;

    fn into_iter(self) -> Fields<'o, 'a> {
        self.iter()
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Cow::Owned(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number.into())
    }
}

impl From<serde_json::Value> for Value<'static> {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(number),
            serde_json::Value::String(text) => Self::String(Cow::Owned(text)),
            serde_json::Value::Array(items) => {
                Self::Array(items.into_iter().map(Self::from).collect())
            }
            serde_json::Value::Object(fields) => {
                let field = |(name, value)| (Cow::Owned(name), Self::from(value));
                Self::Object(Object::new(fields.into_iter().map(field).collect()))
            }
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items.iter()),
            Self::Object(fields) => serializer.collect_map(fields.iter()),
        }
    }
}

impl fmt::Display for Value<'_> {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// The same value as tests write it.
#[cfg(test)]
pub(super) fn own(value: &serde_json::Value) -> Value<'static> {
    value.clone().into()
}

/// A value as `serde_json::json!` has it.
#[cfg(test)]
macro_rules! json {
    ($($json:tt)+) => { $crate::import::json::Value::from(serde_json::json!($($json)+)) };
}
#[cfg(test)]
pub(super) use json;

#[cfg(test)]
mod tests;
