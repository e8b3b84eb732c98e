//! What can be found, by name.

use std::borrow::Cow;
use std::fmt;

/// How grave a find is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Gives whoever reads it power over something: an account, a machine, money.
    Secret,
    /// Tells of a person.
    Personal,
}

/// What a find is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A private key: PEM, OpenSSH, PGP, age.
    PrivateKey,
    /// The words from which a wallet or a key is made again (BIP-39).
    RecoveryWords,
    /// A key to the interface of a service.
    ApiKey,
    /// What a program shows to be let in: a JWT, the value of an `Authorization` header.
    Token,
    /// The value of a cookie that holds a session.
    Cookie,
    /// User and password in a URL.
    UrlPassword,
    /// A password that is named as one.
    Password,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The number of a payment card.
    Card,
    /// A bank account, as IBAN.
    Iban,
    /// A number by which a state knows a person.
    NationalId(Country),
    /// A number by which a tax office knows somebody.
    TaxId(Country),
    /// A passport number.
    Passport,
    /// An IPv4 or IPv6 address.
    Ip,
    /// The hardware address of a network device.
    Mac,
    /// A postal address.
    Address,
    /// A place on earth: latitude and longitude.
    Position,
    /// An address of a cryptocurrency.
    Wallet,
    /// A date of birth.
    BirthDate,
    /// The name of a person.
    Person,
    /// What a community's own scrubber names.
    Custom(CustomKind),
}

impl Kind {
    /// The kinds that are looked for here, without those of single countries.
    pub const LOOKED_FOR: [Self; 21] = [
        Self::PrivateKey,
        Self::RecoveryWords,
        Self::ApiKey,
        Self::Token,
        Self::Cookie,
        Self::UrlPassword,
        Self::Password,
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::NationalId(Country::ANY),
        Self::TaxId(Country::ANY),
        Self::Passport,
        Self::Ip,
        Self::Mac,
        Self::Address,
        Self::Position,
        Self::Wallet,
        Self::BirthDate,
        Self::Person,
    ];

    /// How grave a find of this kind is.
    pub fn class(self) -> Class {
        match self {
            Self::PrivateKey
            | Self::RecoveryWords
            | Self::ApiKey
            | Self::Token
            | Self::Cookie
            | Self::UrlPassword
            | Self::Password => Class::Secret,
            _ => Class::Personal,
        }
    }

    /// The kind without its country: what people choose by, and what figures are counted for.
    #[must_use]
    pub fn family(self) -> Self {
        match self {
            Self::NationalId(_) => Self::NationalId(Country::ANY),
            Self::TaxId(_) => Self::TaxId(Country::ANY),
            kind => kind,
        }
    }

    /// Its stable name, such as `url-password` or `national-id-us`.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::NationalId(country) if country != Country::ANY => {
                format!("national-id-{country}").into()
            }
            Self::TaxId(country) if country != Country::ANY => format!("tax-id-{country}").into(),
            Self::Custom(custom) => custom.as_str().to_owned().into(),
            kind => kind.plain_name().into(),
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(kind) = Self::LOOKED_FOR.into_iter().find(|kind| kind.plain_name() == name) {
            return Some(kind);
        }
        if let Some(country) = name.strip_prefix("national-id-") {
            return Country::from_code(country).map(Self::NationalId);
        }
        if let Some(country) = name.strip_prefix("tax-id-") {
            return Country::from_code(country).map(Self::TaxId);
        }
        CustomKind::new(name).map(Self::Custom)
    }

    /// What stands in a mask: the family's name in capitals, such as `URL_PASSWORD`.
    pub fn label(self) -> String {
        let letter = |c: char| if c == '-' { '_' } else { c.to_ascii_uppercase() };
        self.family().name().chars().map(letter).collect()
    }

    fn plain_name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private-key",
            Self::RecoveryWords => "recovery-words",
            Self::ApiKey => "api-key",
            Self::Token => "token",
            Self::Cookie => "cookie",
            Self::UrlPassword => "url-password",
            Self::Password => "password",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::NationalId(_) => "national-id",
            Self::TaxId(_) => "tax-id",
            Self::Passport => "passport",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Address => "address",
            Self::Position => "position",
            Self::Wallet => "wallet",
            Self::BirthDate => "birth-date",
            Self::Person => "person",
            Self::Custom(_) => "custom",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// A country by its ISO 3166 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Some country: it is not known which.
    pub const ANY: Self = Self(*b"**");

    /// The country of two lower-case letters, such as `*b"de"`.
    pub const fn new(code: [u8; 2]) -> Self {
        Self(code)
    }

    fn from_code(code: &str) -> Option<Self> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_lowercase).then_some(Self(code))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// The name of a kind that is not ours: lower-case letters, digits and hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomKind {
    len: u8,
    name: [u8; Self::BYTES_MAX],
}

impl CustomKind {
    /// Bytes of a name.
    pub const BYTES_MAX: usize = 24;

    /// A kind of this name, if it is one.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=Self::BYTES_MAX).contains(&name.len()) && name.bytes().all(plain);
        let len = u8::try_from(name.len()).ok().filter(|_| fits)?;
        let mut bytes = [0; Self::BYTES_MAX];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Some(Self { len, name: bytes })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.name[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Debug for CustomKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
