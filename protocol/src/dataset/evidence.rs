use crate::cbor::{Bytes, Decode, Encode, Error, Reader, Reason, Writer};
use crate::community::Explanation;
use crate::id::Salt;
use crate::limits::STATEMENT_BYTES_MAX;

/// What lies beside one log entry in `statements.cbor`: the statement, or why it is gone.
///
/// Bytes: `[1, salt, bstr statement]` or `[2, explanation]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The statement, signed bytes as they are, and the salt of its entry's commitment.
    Held {
        /// The salt.
        salt: Salt,
        /// The `COSE_Sign1`; not yet verified.
        statement: Vec<u8>,
    },
    /// Erased, and why.
    Gone(Box<Explanation>),
}

impl Encode for Record {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Held { salt, statement } => {
                w.array(3);
                w.uint(1);
                w.value(salt);
                w.bytes(statement);
            }
            Self::Gone(explanation) => {
                w.array(2);
                w.uint(2);
                w.value(&**explanation);
            }
        }
    }
}

impl Decode for Record {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let start = r.at();
        let length = |expected, found| Error {
            reason: Reason::Length { expected, found },
            at: start,
            path: Vec::new(),
        };
        let found = r.array()?;
        let at = r.at();
        match (r.uint()?, found) {
            (1, 3) => Ok(Self::Held {
                salt: r.value().map_err(|e: Error| e.within("salt"))?,
                statement: bounded(r.value().map_err(|e: Error| e.within("statement"))?, at)?,
            }),
            (2, 2) => {
                r.value().map(Box::new).map(Self::Gone).map_err(|e: Error| e.within("explanation"))
            }
            (1, _) => Err(length(3, found)),
            (2, _) => Err(length(2, found)),
            (code, _) => Err(Error { reason: Reason::UnknownCode(code), at, path: Vec::new() }),
        }
    }
}

fn bounded(bytes: Bytes, at: usize) -> Result<Vec<u8>, Error> {
    let reason = Reason::TooLong { max: STATEMENT_BYTES_MAX };
    let fits = bytes.0.len() <= STATEMENT_BYTES_MAX;
    fits.then_some(bytes.0).ok_or(Error { reason, at, path: vec!["statement"] })
}
