//! Encodings of the common types, and the macro for records and codes.

use super::{Decode, Encode, Error, Reader, Reason, Writer};

/// Implements [`Encode`] and [`Decode`] for a struct as a fixed-length array of its fields, in the
/// order named. An error names the struct's field. `field = read` reads the field with a function
/// of its own, where a list needs a bound.
#[macro_export]
macro_rules! record {
    (@read $r:ident) => { $r.value() };
    (@read $r:ident $read:expr) => { ($read)($r) };
    ($name:ident { $($field:ident $(= $read:expr)?),+ $(,)? }) => {
        impl $crate::cbor::Encode for $name {
            fn encode(&self, w: &mut $crate::cbor::Writer) {
                w.array([$(stringify!($field)),+].len());
                $(w.value(&self.$field);)+
            }
        }
        impl $crate::cbor::Decode for $name {
            fn decode(
                r: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::Error> {
                r.array_fixed([$(stringify!($field)),+].len())?;
                r.nested(|r| {
                    $(let $field = $crate::record!(@read r $($read)?).map_err(|e| e.within(stringify!($field)))?;)+
                    Ok(Self { $($field),+ })
                })
            }
        }
    };
}

/// Implements [`Encode`] and [`Decode`] for a field-less enum as an unsigned code.
#[macro_export]
macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $crate::cbor::Encode for $name {
            fn encode(&self, w: &mut $crate::cbor::Writer) {
                w.uint(match self { $(Self::$variant => $code),+ });
            }
        }
        impl $crate::cbor::Decode for $name {
            fn decode(
                r: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::Error> {
                let at = r.at();
                match r.uint()? {
                    $($code => Ok(Self::$variant),)+
                    other => Err($crate::cbor::Error {
                        reason: $crate::cbor::Reason::UnknownCode(other),
                        at,
                        path: Vec::new(),
                    }),
                }
            }
        }
    };
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, w: &mut Writer) {
        (**self).encode(w);
    }
}

impl Encode for u64 {
    fn encode(&self, w: &mut Writer) {
        w.uint(*self);
    }
}

impl Decode for u64 {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.uint()
    }
}

macro_rules! narrow {
    ($($t:ty),+) => {$(
        impl Encode for $t {
            fn encode(&self, w: &mut Writer) {
                w.uint(u64::from(*self));
            }
        }
        impl Decode for $t {
            fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
                let at = r.at();
                r.uint()?
                    .try_into()
                    .map_err(|_| Error { reason: Reason::OutOfRange, at, path: Vec::new() })
            }
        }
    )+};
}
narrow!(u8, u16, u32);

impl Encode for i64 {
    fn encode(&self, w: &mut Writer) {
        w.int(*self);
    }
}

impl Decode for i64 {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.int()
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode(&self, w: &mut Writer) {
        w.array(2);
        w.value(&self.0);
        w.value(&self.1);
    }
}

impl<A: Decode, B: Decode> Decode for (A, B) {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(2)?;
        r.nested(|r| Ok((r.value()?, r.value()?)))
    }
}

impl Encode for bool {
    fn encode(&self, w: &mut Writer) {
        w.bool(*self);
    }
}

impl Decode for bool {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bool()
    }
}

impl Encode for str {
    fn encode(&self, w: &mut Writer) {
        w.text(self);
    }
}

impl Encode for String {
    fn encode(&self, w: &mut Writer) {
        w.text(self);
    }
}

impl Decode for String {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.text().map(str::to_owned)
    }
}

impl<const N: usize> Encode for [u8; N] {
    fn encode(&self, w: &mut Writer) {
        w.bytes(self);
    }
}

impl<const N: usize> Decode for [u8; N] {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes_fixed()
    }
}

/// A byte string of any length (a plain `Vec<T>` is a list).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Encode for Bytes {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.0);
    }
}

impl Decode for Bytes {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.bytes().map(|b| Self(b.to_vec()))
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, w: &mut Writer) {
        match self {
            Some(value) => value.encode(w),
            None => w.null(),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        if r.null()? { Ok(None) } else { T::decode(r).map(Some) }
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, w: &mut Writer) {
        w.array(self.len());
        for item in self {
            item.encode(w);
        }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.list(usize::MAX)
    }
}
