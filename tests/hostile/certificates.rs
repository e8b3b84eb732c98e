//! Certificates that do not hold, in QUIC's handshake: the peer's key is proved there, so everything
//! in them is a stranger's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quinn::crypto::rustls::QuicClientConfig;
use quinn::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use quinn::rustls::crypto::aws_lc_rs;
use quinn::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use quinn::rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme, client::ResolvesClientCert,
    sign::CertifiedKey, version::TLS13,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};

use crate::attacker::{MARK, fresh_key, keypair};
use crate::village::Village;
use crate::wire::PATIENCE;

/// The extension that carries a peer's key and its signature over the certificate's.
const EXTENSION: [u64; 9] = [1, 3, 6, 1, 4, 1, 53594, 1, 1];
const SIGNED: &[u8] = b"libp2p-tls-handshake:";

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy)]
enum Flaw {
    /// It ends with the second in which it is shown: it may hold in one look and not in the next
    /// (GHSA-5hq8-qhww-jm7q).
    EndsNow,
    Over,
    NoExtension,
    Twice,
    /// The extension holds no such pair.
    Junk,
    /// The key signed another certificate's.
    AnothersSignature,
    UnknownCritical,
    SignedByAnother,
    TwoCertificates,
    NotDer,
    NoCertificate,
    /// For other attacks.
    Nothing,
}

const FLAWS: [Flaw; 11] = [
    Flaw::EndsNow,
    Flaw::Over,
    Flaw::NoExtension,
    Flaw::Twice,
    Flaw::Junk,
    Flaw::AnothersSignature,
    Flaw::UnknownCritical,
    Flaw::SignedByAnother,
    Flaw::TwoCertificates,
    Flaw::NotDer,
    Flaw::NoCertificate,
];

/// A DER item with a short body.
fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(body.len()).unwrap()], body].concat()
}

fn extension(signed: &KeyPair) -> CustomExtension {
    let peer = keypair(&fresh_key());
    let signature = peer.sign(&[SIGNED, &signed.public_key_der()].concat()).unwrap();
    let pair = [der(4, &peer.public().encode_protobuf()), der(4, &signature)].concat();
    CustomExtension::from_oid_content(&EXTENSION, der(0x30, &pair))
}

/// What a client shows as its own: certificates, and the key of the first.
#[derive(Debug)]
struct Shown(Option<Arc<CertifiedKey>>);

impl Shown {
    fn new(flaw: Flaw) -> Self {
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut params = CertificateParams::default();
        let junk = CustomExtension::from_oid_content(&EXTENSION, MARK.to_vec());
        let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 7431], vec![5, 0]);
        unknown.set_criticality(true);
        let good = || extension(&own);
        params.custom_extensions = match flaw {
            Flaw::NoExtension => Vec::new(),
            Flaw::Twice => vec![good(), good()],
            Flaw::Junk => vec![junk],
            Flaw::AnothersSignature => vec![extension(&other)],
            Flaw::UnknownCritical => vec![good(), unknown],
            _ => vec![good()],
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        match flaw {
            Flaw::EndsNow => params.not_after = epoch + Duration::from_secs(now),
            Flaw::Over => params.not_after = epoch + Duration::from_secs(now - 3600),
            _ => {}
        }
        let made = match flaw {
            Flaw::SignedByAnother => {
                let issuer = CertificateParams::default().self_signed(&other).unwrap();
                params.signed_by(&own, &issuer, &other)
            }
            _ => params.self_signed(&own),
        };
        let made = made.unwrap().der().clone();
        let chain = match flaw {
            Flaw::NoCertificate => return Self(None),
            Flaw::NotDer => vec![CertificateDer::from(MARK.to_vec())],
            Flaw::TwoCertificates => vec![made.clone(), made],
            _ => vec![made],
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let key = aws_lc_rs::sign::any_ecdsa_type(&key).unwrap();
        Self(Some(Arc::new(CertifiedKey::new(chain, key))))
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// Whoever answers is good enough for an attacker.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// For a connection that the node takes, under a fresh key.
pub(crate) fn sound() -> quinn::ClientConfig {
    config(Shown::new(Flaw::Nothing))
}

fn config(shown: Shown) -> quinn::ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut tls = builder
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_client_cert_resolver(Arc::new(shown));
    tls.alpn_protocols = vec![b"libp2p".to_vec()];
    quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()))
}

/// Shows a certificate, and waits until the node has judged it. The client's side of the handshake
/// is over before that; a node that refuses closes the connection.
async fn show(endpoint: &quinn::Endpoint, to: SocketAddr, flaw: Flaw) {
    let connecting = endpoint.connect_with(config(Shown::new(flaw)), to, "l").unwrap();
    let Ok(Ok(connection)) = tokio::time::timeout(PATIENCE, connecting).await else { return };
    let may_hold = matches!(flaw, Flaw::EndsNow);
    let patience = if may_hold { Duration::from_millis(50) } else { PATIENCE };
    let closed = tokio::time::timeout(patience, connection.closed()).await;
    assert!(closed.is_ok() || may_hold, "the node takes a certificate with {flaw:?}");
}

#[test]
fn certificates_that_do_not_hold() {
    let mut village = Village::new();
    let told = ["a handshake that does not hold"];
    village.survives(4, 60, &told, |me| async move {
        me.many(4, |me, host| async move {
            let endpoint = quinn::Endpoint::client((host, 0).into()).unwrap();
            for flaw in FLAWS.into_iter().cycle() {
                me.pace().await;
                show(&endpoint, me.target.quic, flaw).await;
                // Where one second becomes the next.
                if matches!(flaw, Flaw::EndsNow) {
                    for _ in 0..4 {
                        me.pace().await;
                        show(&endpoint, me.target.quic, flaw).await;
                    }
                }
            }
        })
        .await;
    });
    village.stays_unharmed();
}
