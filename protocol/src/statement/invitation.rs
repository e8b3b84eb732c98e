use crate::cbor;
use crate::id::{CommunityId, PublicKey};
use crate::sign::{Domain, SecretKey, Signed, SignedError};
use crate::time::Time;
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

/// A steward's leave to join once: it names a fresh key, and whoever holds that key may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The community.
    pub community: CommunityId,
    /// The fresh key.
    pub key: PublicKey,
    /// From this moment on it is void.
    pub expires: Time,
}
crate::record!(Invitation { community, key, expires });

impl Domain for Invitation {
    const LABEL: &'static str = "application/vnd.sheaf.invitation.v1+cbor";
}

/// Binds an invitation to the one member who uses it; signed by the invitation's fresh key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationUse {
    /// The community.
    pub community: CommunityId,
    /// The member's key.
    pub member: PublicKey,
}
crate::record!(InvitationUse { community, member });

impl Domain for InvitationUse {
    const LABEL: &'static str = "application/vnd.sheaf.invitation-use.v1+cbor";
}

/// What a steward hands over: one line to paste.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The steward's signature.
    pub invitation: Signed<Invitation>,
    /// The fresh key.
    pub key: SecretKey,
    /// Where the node listens (multiaddresses).
    pub addresses: Vec<String>,
    /// The community's name, for showing it before the node is reached.
    pub name: String,
}

/// Why a line is not an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// It does not begin with `sheaf-invite:`.
    #[error("an invitation begins with \"{PREFIX}\"")]
    Prefix,
    /// Letters were lost or changed on the way.
    #[error("the invitation is damaged: copy the whole line again")]
    Damaged,
    /// The steward's signature does not verify.
    #[error("the invitation's signature is not good: {0}")]
    Signed(#[from] SignedError),
    /// The key inside is not the one that the steward named.
    #[error("the invitation holds another key than the steward named")]
    Key,
}

const PREFIX: &str = "sheaf-invite:";

struct Line {
    invitation: cbor::Bytes,
    secret: [u8; 32],
    addresses: Vec<String>,
    name: String,
}
crate::record!(Line { invitation, secret, addresses, name });

impl Invite {
    /// The one line: `sheaf-invite:` and base64url. Whoever has it can join: send it privately.
    pub fn to_line(&self) -> String {
        let line = Line {
            invitation: cbor::Bytes(self.invitation.bytes().to_vec()),
            secret: *self.key.to_bytes(),
            addresses: self.addresses.clone(),
            name: self.name.clone(),
        };
        format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&Zeroizing::new(cbor::to_vec(&line))))
    }

    /// Reads the line; spaces and line breaks that a mail program put in are passed over.
    ///
    /// # Errors
    /// [`InviteError`].
    pub fn from_line(text: &str) -> Result<Self, InviteError> {
        let compact: String = text.split_whitespace().collect();
        let encoded = compact.strip_prefix(PREFIX).ok_or(InviteError::Prefix)?;
        let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).map_err(|_| InviteError::Damaged)?;
        let line: Line = cbor::from_slice(&bytes).map_err(|_| InviteError::Damaged)?;
        let invitation = Signed::<Invitation>::verify(&line.invitation.0)?;
        let key = SecretKey::from_bytes(line.secret);
        if key.public() != invitation.content().key {
            return Err(InviteError::Key);
        }
        Ok(Self { invitation, key, addresses: line.addresses, name: line.name })
    }
}
