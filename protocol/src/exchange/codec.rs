/// Implements the codec of an enum as an array `[code, field…]`.
macro_rules! variants {
    ($name:ident { $($variant:ident $({ $($field:ident),+ $(,)? })? = $code:literal),+ $(,)? }) => {
        impl $crate::cbor::Encode for $name {
            fn encode(&self, w: &mut $crate::cbor::Writer) {
                match self {
                    $(Self::$variant $({ $($field),+ })? => {
                        w.array(1 $(+ [$(stringify!($field)),+].len())?);
                        w.uint($code);
                        $($(w.value($field);)+)?
                    })+
                }
            }
        }
        impl $crate::cbor::Decode for $name {
            fn decode(
                r: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::Error> {
                let at = r.at();
                let fail = |reason| $crate::cbor::Error { reason, at, path: Vec::new() };
                let len = r.array()?;
                let code = r.uint()?;
                match code {
                    $($code => {
                        let expected = 1 $(+ [$(stringify!($field)),+].len())?;
                        if len != expected as u64 {
                            return Err(fail($crate::cbor::Reason::Length { expected, found: len }));
                        }
                        r.nested(|_r| {
                            $($(let $field = _r.value().map_err(|e| e.within(stringify!($field)))?;)+)?
                            Ok(Self::$variant $({ $($field),+ })?)
                        })
                    })+
                    other => Err(fail($crate::cbor::Reason::UnknownCode(other))),
                }
            }
        }
    };
}
pub(super) use variants;
