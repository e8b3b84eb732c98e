//! Reading JSON into values that borrow from it.

use super::{Field, Object, Value};
use serde::de::DeserializeSeed;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::borrow::Cow;
use std::fmt;

/// Elements of one list, or fields of one object, that wait beside those of others; of more they get a
/// place of their own.
const WAITING_MAX: usize = 1024;

/// Reads one value, which is all of `bytes`.
///
/// # Errors
/// As [`serde_json::from_slice`]; nesting beyond 128 levels is one.
pub(in crate::import) fn read(bytes: &[u8]) -> Result<Value<'_>, serde_json::Error> {
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let value = Any(&mut Waiting::default()).deserialize(&mut input)?;
    input.end().map(|()| value)
}

/// What was read of lists and objects that are not at their end. It waits here rather than in vectors
/// that grow, so that each can be made as long as it has to be.
#[derive(Default)]
struct Waiting<'a> {
    items: Vec<Value<'a>>,
    fields: Vec<Field<'a>>,
}

/// Any value.
struct Any<'w, 'a>(&'w mut Waiting<'a>);

impl<'a> DeserializeSeed<'a> for Any<'_, 'a> {
    type Value = Value<'a>;

    fn deserialize<D: Deserializer<'a>>(self, input: D) -> Result<Value<'a>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Any<'_, 'a> {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'a>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'a>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value<'a>, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'a>, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value<'a>, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Value<'a>, E> {
        Ok(Value::from(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::from(text.to_owned()))
    }

    fn visit_seq<L: SeqAccess<'a>>(self, mut list: L) -> Result<Value<'a>, L::Error> {
        let (start, mut items) = (self.0.items.len(), Vec::new());
        while let Some(item) = list.next_element_seed(Any(&mut *self.0))? {
            self.0.items.push(item);
            if self.0.items.len() - start == WAITING_MAX {
                items.extend(self.0.items.drain(start..));
            }
        }
        take(&mut items, &mut self.0.items, start);
        Ok(Value::Array(items.into_boxed_slice()))
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Value<'a>, M::Error> {
        let (start, mut fields) = (self.0.fields.len(), Vec::new());
        while let Some(name) = map.next_key_seed(Name)? {
            let value = map.next_value_seed(Any(&mut *self.0))?;
            self.0.fields.push((name, value));
            if self.0.fields.len() - start == WAITING_MAX {
                fields.extend(self.0.fields.drain(start..));
            }
        }
        take(&mut fields, &mut self.0.fields, start);
        Ok(Value::Object(Object::new(fields)))
    }
}

/// Adds what waits from `start` on: if it is all there is, without room for more.
fn take<T>(into: &mut Vec<T>, waiting: &mut Vec<T>, start: usize) {
    if into.is_empty() {
        into.reserve_exact(waiting.len() - start);
    }
    into.extend(waiting.drain(start..));
}

/// The name of a field.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, input: D) -> Result<Cow<'a, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
