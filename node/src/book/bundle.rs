use sheaf_protocol::{
    cbor::{self, Bytes, Error, Reader, Reason, Writer},
    seal::ChatKey,
};

const VERSION: u64 = 1;

/// What is sent for one chat: kept before it is sent, so that a retry sends identical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The signed manifest (or membership).
    pub statement: Vec<u8>,
    /// The chat key; absent for a membership.
    pub key: Option<ChatKey>,
    /// The sealed blob; empty for a membership.
    pub blob: Vec<u8>,
}

impl cbor::Encode for Bundle {
    fn encode(&self, w: &mut Writer) {
        w.array(4);
        w.uint(VERSION);
        w.bytes(&self.statement);
        w.value(&self.key);
        w.bytes(&self.blob);
    }
}

impl cbor::Decode for Bundle {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(4)?;
        let at = r.at();
        if r.uint()? != VERSION {
            return Err(Error {
                reason: Reason::Rule("a bundle of another version than 1"),
                at,
                path: vec!["version"],
            });
        }
        let Bytes(statement) = r.value().map_err(|e: Error| e.within("statement"))?;
        let key = r.value().map_err(|e: Error| e.within("key"))?;
        let Bytes(blob) = r.value().map_err(|e: Error| e.within("blob"))?;
        Ok(Self { statement, key, blob })
    }
}
