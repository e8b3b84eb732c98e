//! What a label means.

use crate::scrub::{Class, Country, Kind};
use std::fmt;

/// What names of labels contain that stand for a secret: `AWS_ACCESS_KEY`, `SESSION_COOKIE`.
const SECRETS: [&str; 14] = [
    "SECRET",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "TOKEN",
    "PASSWORD",
    "JWT",
    "COOKIE",
    "SESSION",
    "RECOVERY_WORDS",
    "SEED_PHRASE",
    "MNEMONIC",
    "CREDENTIAL",
];

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Secrets of all kinds.
    Secret,
    /// A kind of personal data, whatever its country.
    Personal(Kind),
}

impl Counted {
    /// Where finds of a kind are counted.
    pub fn of_kind(kind: Kind) -> Self {
        match kind.class() {
            Class::Secret => Self::Secret,
            Class::Personal => Self::Personal(kind.family()),
        }
    }

    /// Where a label is counted, whatever its case; `None` for what is not looked for.
    pub fn of_label(label: &str) -> Option<Self> {
        let label = label.to_ascii_uppercase().replace(['-', ' '], "_");
        let kind = match label.as_str() {
            "EMAIL" | "EMAIL_ADDRESS" => Kind::Email,
            "PHONE" | "PHONE_NUMBER" | "TELEPHONE" => Kind::Phone,
            "CARD" | "CREDIT_CARD" | "CREDIT_CARD_NUMBER" | "PAYMENT_CARD" => Kind::Card,
            "IBAN" | "IBAN_CODE" => Kind::Iban,
            "IP" | "IP_ADDRESS" | "IPV4" | "IPV6" => Kind::Ip,
            "MAC" | "MAC_ADDRESS" => Kind::Mac,
            "PERSON" | "NAME" | "PERSON_NAME" | "FULL_NAME" => Kind::Person,
            "ADDRESS" | "STREET_ADDRESS" | "POSTAL_ADDRESS" => Kind::Address,
            "POSITION" | "GPS" | "COORDINATES" | "COORDINATE" | "GEO" => Kind::Position,
            "WALLET" | "CRYPTO" | "CRYPTO_ADDRESS" | "WALLET_ADDRESS" => Kind::Wallet,
            "BIRTH_DATE" | "DATE_OF_BIRTH" | "BIRTHDATE" | "DOB" => Kind::BirthDate,
            "PASSPORT" | "US_PASSPORT" | "PASSPORT_NUMBER" => Kind::Passport,
            "TAX_ID" | "TAXID" | "US_ITIN" | "VAT" | "VAT_ID" | "TIN" => Kind::TaxId(Country::ANY),
            "NATIONAL_ID" | "SSN" | "US_SSN" | "NINO" | "UK_NINO" | "UK_NHS" | "ES_NIF"
            | "ES_NIE" | "IT_FISCAL_CODE" | "IN_AADHAAR" | "ID" | "ID_NUMBER"
            | "NATIONAL_ID_NUMBER" => Kind::NationalId(Country::ANY),
            label if SECRETS.iter().any(|part| label.contains(part)) => return Some(Self::Secret),
            other => Kind::from_name(&other.to_ascii_lowercase().replace('_', "-"))
                .filter(|kind| !matches!(kind, Kind::Custom(_)))?,
        };
        Some(Self::of_kind(kind))
    }

    /// Whether a find that is counted there is what this label means.
    pub fn means(self, find: Self) -> bool {
        let is_id = |counted| {
            let id = [Kind::NationalId(Country::ANY), Kind::TaxId(Country::ANY)];
            id.map(Self::of_kind).contains(&counted)
        };
        self == find || is_id(self) && is_id(find)
    }

    /// Where a label of a kind that is not ours is counted, if it can be the name of one.
    pub fn of_own_label(label: &str) -> Option<Self> {
        let name = label.to_ascii_lowercase().replace(['_', ' '], "-");
        Kind::from_name(&name).map(Self::of_kind)
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str("secret"),
            Self::Personal(kind) => kind.fmt(f),
        }
    }
}
