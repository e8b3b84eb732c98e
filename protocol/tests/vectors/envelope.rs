//! A `COSE_Sign1` by hand, each part of which a vector may replace.

use ed25519_dalek::Signer as _;
use sheaf_protocol::cbor::Writer;
use sheaf_protocol::sign::SecretKey;

/// The parts, as they are signed.
#[derive(Clone)]
pub(crate) struct Envelope {
    /// 18, unless the vector says otherwise.
    pub(crate) tag: Option<u64>,
    pub(crate) protected: Vec<u8>,
    /// Encoded: the empty map.
    pub(crate) unprotected: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    /// What the signature covers in place of the `Sig_structure`.
    pub(crate) signed: Option<Vec<u8>>,
    secret: [u8; 32],
}

impl Envelope {
    /// `payload` under `label`, by the key of the secret `n n n …`.
    pub(crate) fn new(label: &str, payload: Vec<u8>, n: u8) -> Self {
        let secret = [n; 32];
        let protected = header(&[&alg(-8), &kid(n), &typ(label)]);
        Self { tag: Some(18), protected, unprotected: vec![0xa0], payload, signed: None, secret }
    }

    /// The envelope whole.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let signature = self.signature();
        let [protected, payload] = [&self.protected, &self.payload].map(|part| byte_string(part));
        let signature = byte_string(&signature);
        let mut w = Writer::default();
        self.tag.into_iter().for_each(|tag| w.tag(tag));
        w.array(4);
        [w.into_bytes(), protected, self.unprotected.clone(), payload, signature].concat()
    }

    /// The 64 bytes at the end.
    pub(crate) fn signature(&self) -> [u8; 64] {
        let covered = self.signed.clone();
        let covered = covered.unwrap_or_else(|| self.sig_structure("Signature1", b""));
        ed25519_dalek::SigningKey::from_bytes(&self.secret).sign(&covered).to_bytes()
    }

    /// What is signed: RFC 9052 §4.4.
    pub(crate) fn sig_structure(&self, context: &str, external_aad: &[u8]) -> Vec<u8> {
        let mut w = Writer::default();
        w.array(4);
        w.text(context);
        w.bytes(&self.protected);
        w.bytes(external_aad);
        w.bytes(&self.payload);
        w.into_bytes()
    }
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    crate::raw::bytes(bytes)
}

/// One pair of the protected header.
pub(crate) fn pair(label: u64, value: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    w.uint(label);
    value(&mut w);
    w.into_bytes()
}

/// The pair of the algorithm.
pub(crate) fn alg(number: i64) -> Vec<u8> {
    pair(1, |w| w.int(number))
}

/// The pair of the signer, whose secret is `n n n …`.
pub(crate) fn kid(n: u8) -> Vec<u8> {
    pair(4, |w| w.bytes(&SecretKey::from_bytes([n; 32]).public().0))
}

/// The pair of the label.
pub(crate) fn typ(label: &str) -> Vec<u8> {
    pair(16, |w| w.text(label))
}

/// A protected header of these pairs.
pub(crate) fn header(pairs: &[&[u8]]) -> Vec<u8> {
    let mut w = Writer::default();
    w.map(pairs.len());
    [w.into_bytes(), pairs.concat()].concat()
}
